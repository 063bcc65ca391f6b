import type { Catalogue } from '../../src/contracts';
import type { Pool } from '../pools';
import { pools } from '../pools';
import type { Role } from '../role';
import { bridge } from './bridge';
import { gateway } from './gateway';
import { workerOf } from './pool';
import { providers } from './providers';
import { relay } from './relay';
import { subscriber } from './subscriber';

/** Every kind of process, by the name it is started with: `npm run bridge`, `npm run worker:payments`, … */
export const roles: Readonly<Record<string, Role>> = {
  gateway,
  bridge,
  subscriber,
  relay,
  providers,
  ...Object.fromEntries(
    Object.entries<Pool>(pools).map(([name, pool]) => [`worker:${name}`, workerOf(name, pool)]),
  ),
};

/** The providers whose settings a role needs. */
export function providersOf(name: string, catalogue: Catalogue): readonly string[] {
  if (name === 'gateway' || name === 'providers') return catalogue.providers;
  const pool = Object.entries<Pool>(pools).find(([poolName]) => name === `worker:${poolName}`);
  return pool?.[1].providers ?? [];
}
