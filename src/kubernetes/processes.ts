import { webhookProviders } from '../contracts';
import type { LoadedApp } from '../runtime/app';
import { getsPersonalData, marksPersonalData } from '../runtime/config';
import { databaseUseOf, providersOf, signatureNeedsOf } from '../runtime/roles';

/** A process of a deployment, and what it connects to: all of its objects follow from this. */
export interface Process {
  /** The last part of its objects' names: `worker-payments`. */
  readonly name: string;
  readonly command: readonly string[];
  /** Of a worker: its deployment in Temporal has the name of the pool, and its tasks are in the queue. */
  readonly pool?: { readonly name: string; readonly taskQueue: string };
  /** Whether it is of a version (docs/deploys.md): `BUILD_ID` and the name of its deployment. */
  readonly isVersioned: boolean;
  /** Processes at the least. One-off jobs have none. */
  readonly replicas: number;
  /** The port of its endpoint, if other programs call it. */
  readonly port?: { readonly number: number; readonly setting: string };
  readonly memory: string;
  /** Whether it must be reached most of all while a server is away. */
  readonly showsOutages: boolean;
  /** The folder of `sagaline keys` with its user of NATS. */
  readonly nats?: string;
  /** The folder of `sagaline keys` with its certificate and token for Temporal. */
  readonly temporal?: string;
  /** The folder of `sagaline database` with its login. */
  readonly database?: string;
  readonly providers: readonly string[];
  /** Whether it sends requests to providers. The gateway knows their secrets, for webhooks, and calls none. */
  readonly callsProviders: boolean;
  readonly personalData: boolean;
  readonly apiKeys: boolean;
  /** Whether it acts as an operator, whose token puts that on record. */
  readonly hasToken: boolean;
  /** The folder of `sagaline keys signing` with its private key. */
  readonly signsAs?: string;
  readonly verifies: boolean;
}

/** As in docker-compose.yml. A worker of workflows keeps them in memory, as many as the limit allows. */
const MEMORY = { usual: '384Mi', workflows: '768Mi' } as const;
const GATEWAY_PORT = 8080;
const CONSOLE_PORT = 8083;

/** The processes whose version does not matter to open workflows: a rolling update replaces them. */
export function rolesIn(app: LoadedApp): readonly Process[] {
  return [
    {
      ...base(app, 'gateway'),
      replicas: 2,
      port: { number: GATEWAY_PORT, setting: 'GATEWAY' },
      nats: 'gateway',
      temporal: 'gateway',
      apiKeys: true,
    },
    { ...base(app, 'bridge'), replicas: 2, nats: 'bridge', temporal: 'bridge' },
    ...(app.subscriptions === undefined
      ? []
      : [{ ...base(app, 'subscriber'), replicas: 2, nats: 'subscriber' }]),
    // One publishes, the other one stands by.
    { ...base(app, 'relay'), replicas: 2, nats: 'relay', temporal: 'relay' },
    {
      ...base(app, 'console'),
      replicas: 1,
      port: { number: CONSOLE_PORT, setting: 'CONSOLE' },
      nats: 'console',
      temporal: 'operator',
      signsAs: 'operator',
      apiKeys: true,
      showsOutages: true,
    },
  ];
}

/** The worker pools: the workers of a version stay until no open workflow needs them (docs/deploys.md). */
export function workersIn(app: LoadedApp): readonly Process[] {
  return Object.entries(app.pools).map(([name, { workflows, taskQueue }]) => ({
    ...base(app, `worker:${name}`),
    pool: { name, taskQueue },
    isVersioned: true,
    replicas: 2,
    temporal: 'worker',
    memory: workflows === undefined ? MEMORY.usual : MEMORY.workflows,
  }));
}

/** Jobs that do their work once for each version, and end. */
export function jobsIn(app: LoadedApp): readonly Process[] {
  return [
    {
      ...base(app, 'provision'),
      command: ['provision'],
      nats: 'provision',
      temporal: 'provision',
      database: 'owner',
    },
    {
      ...base(app, 'deploy set-current'),
      name: 'set-current',
      isVersioned: true,
      command: ['deploy', 'set-current'],
      nats: 'operator',
      temporal: 'operator',
      database: 'operator',
      apiKeys: true,
      hasToken: true,
    },
  ];
}

function base(app: LoadedApp, role: string): Process {
  const { signs = false, verifies = false } = signatureNeedsOf(role);
  const name = role.replace(':', '-');
  const providers = providersOf(app, role);
  return {
    name,
    command: ['run', role],
    isVersioned: false,
    replicas: 0,
    showsOutages: false,
    memory: MEMORY.usual,
    ...(databaseUseOf(app, role) === 'role' && { database: name }),
    providers,
    callsProviders: providers.length > 0 && role !== 'gateway',
    personalData: getsPersonalData(role) && marksPersonalData(app),
    apiKeys: false,
    hasToken: false,
    ...(signs && { signsAs: role }),
    verifies,
  };
}

/** All providers that some process knows. */
export function providersIn(app: LoadedApp): readonly string[] {
  const called = Object.values(app.pools).flatMap(({ providers = [] }) => providers);
  return [...new Set([...webhookProviders(app.domains), ...called])].sort();
}
