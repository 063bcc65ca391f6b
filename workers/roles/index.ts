import type { Pool } from '../pools';
import { pools } from '../pools';
import type { Role } from '../role';
import { bridge } from './bridge';
import { gateway } from './gateway';
import { workerOf } from './pool';
import { providers } from './providers';
import { relay } from './relay';

/** Every kind of process, by the name it is started with: `npm run bridge`, `npm run worker:payments`, … */
export const roles: Readonly<Record<string, Role>> = {
  gateway,
  bridge,
  relay,
  providers,
  ...Object.fromEntries(
    Object.entries<Pool>(pools).map(([name, pool]) => [`worker:${name}`, workerOf(pool)]),
  ),
};
