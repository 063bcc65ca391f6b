import type { Capability, Placement } from '../contracts';
import { placementOf } from '../contracts';
import type { App, Pool } from './app';

/** The database of a pool that does not name one. */
const MAIN_DATABASE = 'main';

type Pools = Pick<App, 'pools'>;
type NamedPool = readonly [name: string, pool: Pool];

/** The placement with which sagas of this deployment begin. */
export function placementIn({ pools }: Pools): Placement {
  return placementOf(Object.values(pools));
}

/** The pool that runs the steps of a capability which is not placed with another pool. */
function homeOf({ pools }: Pools, { taskQueue }: Capability): NamedPool | undefined {
  return Object.entries(pools).find(([, pool]) => pool.taskQueue === taskQueue);
}

/** Placements that cannot work, each with its remedy. */
export function placementProblems(app: Pools): string[] {
  return Object.entries(app.pools).flatMap(([name, pool]) => {
    const { places = [], workflows } = pool;
    return places.flatMap((capability, at) => {
      const placing = `pool "${name}": it places "${capability.name}"`;
      if (workflows === undefined)
        return [`${placing}, and runs no workflow; place it with the pool of the workflows that call it`];
      if (places.findIndex((other) => other.name === capability.name) < at)
        return [`${placing} twice; drop one of the two`];
      if (capability.taskQueue === pool.taskQueue)
        return [`${placing}, which is on its own task queue already; drop it from \`places\``];
      const home = homeOf(app, capability);
      if (home === undefined)
        return [
          `${placing}, and no pool has its task queue "${capability.taskQueue}"; add the pool that has its activities`,
        ];
      return partProblems([name, pool], home).map((problem) => `${placing}, ${problem}`);
    });
  });
}

/** Settings that the activities of the other pool need and this pool does not have. */
function partProblems([name, pool]: NamedPool, [homeName, home]: NamedPool): string[] {
  const { database = MAIN_DATABASE, providers = [] } = pool;
  const { database: needed = MAIN_DATABASE } = home;
  const missing = (home.providers ?? []).filter((provider) => !providers.includes(provider));
  return [
    ...(needed === database
      ? []
      : [
          `which the pool "${homeName}" has on the database "${needed}"; "${name}" has "${database}": leave it on its task queue`,
        ]),
    ...missing.map(
      (provider) =>
        `which the pool "${homeName}" has with the provider "${provider}"; add it to the \`providers\` of "${name}"`,
    ),
  ];
}

/**
 * The activities of the capabilities that a pool places.
 *
 * @param own activities of the pool itself
 * @param make creates the activities of another pool, with the parts that this process has
 * @returns the activities; with `problems` the worker must not start
 */
export function placedActivities(
  app: Pools,
  [name, { places = [] }]: NamedPool,
  own: object,
  make: (home: Pool) => object,
): { readonly activities: object; readonly problems: readonly string[] } {
  const made = new Map<Pool, Readonly<Record<string, unknown>>>();
  const activities: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const capability of places) {
    const [homeName, home] = homeOf(app, capability) ?? [];
    if (home === undefined) continue;
    const known = made.get(home) ?? { ...make(home) };
    made.set(home, known);
    for (const step of Object.keys(capability.steps)) {
      const placing = `pool "${name}": it places "${capability.name}", whose step "${step}"`;
      if (!Object.hasOwn(known, step))
        problems.push(`${placing} is no activity of the pool "${homeName}"; add it there`);
      else if (Object.hasOwn(own, step) || Object.hasOwn(activities, step))
        problems.push(`${placing} has the name of another activity of the pool; rename one of them`);
      else activities[step] = known[step];
    }
  }
  return { activities, problems };
}
