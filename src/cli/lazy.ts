/** Modules that are loaded when a command uses them: a command that asks one server does not wait for the clients of the others. */
import type * as nats from '../adapters/nats';
import type * as postgres from '../adapters/postgres';
import type * as temporal from '../adapters/temporal';
import type * as operator from '../operator';
import type * as local from '../runtime/local';
import type * as migrations from '../runtime/migrations';
import type * as provisioning from '../runtime/provision';
import type * as replaying from '../runtime/replayer';
import type * as running from '../runtime/run';
import type * as settings from '../runtime/settings';
import type * as signatures from '../runtime/signatures';
import type * as versions from '../runtime/version';
import type * as personal from '../security/personal';
import type * as identifying from './identity';
import type * as problems from './problem';

/* eslint-disable @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS */
export const theNats = () => require('../adapters/nats') as typeof nats;
export const theTemporal = () => require('../adapters/temporal') as typeof temporal;
export const thePostgres = () => require('../adapters/postgres') as typeof postgres;
export const theOperator = () => require('../operator') as typeof operator;
export const thePersonalData = () => require('../security/personal') as typeof personal;
export const theSettings = () => require('../runtime/settings') as typeof settings;
export const theSignatures = () => require('../runtime/signatures') as typeof signatures;
export const theMigrations = () => require('../runtime/migrations') as typeof migrations;
export const theVersions = () => require('../runtime/version') as typeof versions;
export const theReplayer = () => require('../runtime/replayer') as typeof replaying;
export const theLocalStack = () => require('../runtime/local') as typeof local;
export const theProvisioning = () => require('../runtime/provision') as typeof provisioning;
export const theRoles = () => require('../runtime/run') as typeof running;
export const theIdentity = () => require('./identity') as typeof identifying;
export const theProblems = () => require('./problem') as typeof problems;
/* eslint-enable @typescript-eslint/no-require-imports */
