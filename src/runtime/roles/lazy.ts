import type { Pool } from '../app';
import type { Role } from '../role';
import type * as bridges from './bridge';
import type * as codecServers from './codec-server';
import type * as consoles from './console';
import type * as gateways from './gateway';
import type * as relays from './relay';
import type * as subscribers from './subscriber';
import type * as workers from './worker';

// A process runs one role and loads only what that role needs: without the native core of Temporal's SDK, a bridge starts in two
// thirds of the time.

/* eslint-disable @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS */
export const gateway: Role = (context) => (require('./gateway') as typeof gateways).gateway(context);
export const bridge: Role = (context) => (require('./bridge') as typeof bridges).bridge(context);
export const subscriber: Role = (context) =>
  (require('./subscriber') as typeof subscribers).subscriber(context);
export const codecServer: Role = (context) =>
  (require('./codec-server') as typeof codecServers).codecServer(context);
export const operatorsConsole: Role = (context) =>
  (require('./console') as typeof consoles).operatorsConsole(context);
export const relay: Role = (context) => (require('./relay') as typeof relays).relay(context);

export function workerOf(poolName: string, pool: Pool): Role {
  return (context) => (require('./worker') as typeof workers).workerOf(poolName, pool)(context);
}
/* eslint-enable @typescript-eslint/no-require-imports */
