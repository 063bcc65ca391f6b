/** All verbs. The modules of one are loaded when the command line asks for it: those of all together take a second. */
import type { Command } from 'commander';
import { verbIn } from './arguments';
import type * as apiKeys from './api-keys';
import type * as audit from './audit';
import type * as bulk from './bulk';
import type * as capacity from './capacity';
import type { CliContext } from './context';
import type * as database from './database';
import type * as deadLetters from './dead-letters';
import type * as deploy from './deploy';
import type * as doctor from './doctor';
import type * as events from './events';
import type * as keys from './keys';
import type * as kubernetes from './kubernetes';
import type * as outbox from './outbox';
import type * as add from './project/add';
import type * as build from './project/build';
import type * as init from './project/init';
import type * as provision from './project/provision';
import type * as run from './project/run';
import type * as scale from './project/scale';
import type * as start from './project/start';
import type * as testServers from './project/test-servers';
import type * as reconcile from './reconcile';
import type * as recover from './recover';
import type * as replay from './replay';
import type * as routes from './routes';
import type * as sagas from './sagas';
import type * as subjects from './subjects';
import type * as subscriptions from './subscriptions';
import type * as switches from './switches';
import type * as trace from './trace';

type AddVerb = (program: Command, cliContext: CliContext) => void;

/* eslint-disable @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS */
/** In the order in which the help lists them. */
const VERBS: Readonly<Record<string, () => AddVerb>> = {
  events: () => (require('./events') as typeof events).addEvents,
  trace: () => (require('./trace') as typeof trace).addTrace,
  'dead-letters': () => (require('./dead-letters') as typeof deadLetters).addDeadLetters,
  outbox: () => (require('./outbox') as typeof outbox).addOutbox,
  sagas: () => (require('./sagas') as typeof sagas).addSagas,
  bulk: () => (require('./bulk') as typeof bulk).addBulk,
  reconcile: () => (require('./reconcile') as typeof reconcile).addReconcile,
  recover: () => (require('./recover') as typeof recover).addRecover,
  routes: () => (require('./routes') as typeof routes).addRoutes,
  subscriptions: () => (require('./subscriptions') as typeof subscriptions).addSubscriptions,
  subjects: () => (require('./subjects') as typeof subjects).addSubjects,
  switches: () => (require('./switches') as typeof switches).addSwitches,
  deploy: () => (require('./deploy') as typeof deploy).addDeploy,
  replay: () => (require('./replay') as typeof replay).addReplay,
  doctor: () => (require('./doctor') as typeof doctor).addDoctor,
  capacity: () => (require('./capacity') as typeof capacity).addCapacity,
  keys: () => (require('./keys') as typeof keys).addKeys,
  database: () => (require('./database') as typeof database).addDatabase,
  'api-keys': () => (require('./api-keys') as typeof apiKeys).addApiKeys,
  kubernetes: () => (require('./kubernetes') as typeof kubernetes).addKubernetes,
  audit: () => (require('./audit') as typeof audit).addAudit,
  init: () => (require('./project/init') as typeof init).addInit,
  add: () => (require('./project/add') as typeof add).addAdd,
  start: () => (require('./project/start') as typeof start).addStart,
  scale: () => (require('./project/scale') as typeof scale).addScale,
  run: () => (require('./project/run') as typeof run).addRun,
  provision: () => (require('./project/provision') as typeof provision).addProvision,
  build: () => (require('./project/build') as typeof build).addBuild,
  'test-servers': () => (require('./project/test-servers') as typeof testServers).addTestServers,
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** Adds the verb of the command line; for the help, a misspelt verb or a verb that the project names, all of them. */
export function addVerbs(program: Command, cliContext: CliContext, args: readonly string[]): void {
  const verb = verbIn(args);
  const load = verb !== undefined && Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  // Loaded before the first one loads the project: what is loaded after that goes through the hook for its TypeScript.
  const verbs = load === undefined ? Object.values(VERBS).map((each) => each()) : [load()];
  for (const addVerb of verbs) addVerb(program, cliContext);
}
