import type { DatabaseUse, SignatureNeeds } from '../../config';
import { environment, InvalidConfigError, readSettings } from '../../config';
import { webhookProviders } from '../../contracts';
import type { LoadedApp } from '../app';
import { marksPersonalData } from '../config';
import type { DevRole } from '../dev-role';
import { listening } from '../listening';
import type { Role } from '../role';
import { bridge, codecServer, gateway, operatorsConsole, relay, subscriber, workerOf } from './lazy';

/** The engine's processes, without the worker pools. */
const ENGINE: Readonly<Record<string, Role>> = {
  gateway,
  bridge,
  subscriber,
  relay,
  console: operatorsConsole,
  'codec-server': codecServer,
};

const SIGNING: readonly string[] = ['gateway', 'relay'];
const VERIFYING: readonly string[] = ['gateway', 'bridge', 'subscriber', 'console'];

/** Every kind of process, by the name it is started with: `sagaline run bridge`, `sagaline run worker:payments`, … */
export function rolesOf(app: LoadedApp): Readonly<Record<string, Role>> {
  const workers = Object.entries(app.pools).map(
    ([name, pool]) => [`worker:${name}`, workerOf(name, pool)] as const,
  );
  const dev = Object.entries(app.dev?.roles ?? {}).map(
    ([name, role]) => [name, developmentOnly(name, role)] as const,
  );
  return { ...ENGINE, ...Object.fromEntries(dev), ...Object.fromEntries(workers) };
}

/** The providers whose settings a role needs. */
export function providersOf({ domains, pools, dev }: LoadedApp, name: string): readonly string[] {
  if (name === 'gateway' || dev?.roles?.[name] !== undefined) return webhookProviders(domains);
  const pool = Object.entries(pools).find(([poolName]) => name === `worker:${poolName}`);
  return pool?.[1].providers ?? [];
}

/** What a role does with the signatures of events. The steps of a worker write to the outbox, and the relay signs. */
export function signatureNeedsOf(name: string): SignatureNeeds {
  return { signs: SIGNING.includes(name), verifies: VERIFYING.includes(name) };
}

/** The console, the codec server and a deploy put on record what they do. */
const USING_DATABASE = ['relay', 'subscriber', 'console', 'codec-server', 'deploy set-current'];

/** How a role uses PostgreSQL: it need not know addresses that it never connects to. */
export function databaseUseOf(app: LoadedApp, name: string): DatabaseUse {
  if (name === 'provision') return 'owner';
  const isWorker = Object.keys(app.pools).some((pool) => name === `worker:${pool}`);
  return isWorker || USING_DATABASE.includes(name) || (name === 'gateway' && marksPersonalData(app))
    ? 'role'
    : 'none';
}

function developmentOnly(name: string, role: DevRole): Role {
  return ({ app, config, log }) => {
    if (config.NODE_ENV === 'production') {
      throw new InvalidConfigError([
        `NODE_ENV: ${name} belongs to the local stack, and is not for production`,
      ]);
    }
    const settings = readSettings(role, { given: environment(), presets: app.dev?.presets });
    return role.run({ settings, config, log, listen: listening });
  };
}
