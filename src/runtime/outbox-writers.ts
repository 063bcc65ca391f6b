import { roleName, workerRole } from '../adapters/postgres';
import type { Writer } from '../relay';
import type { LoadedApp } from './app';

/** What each pool may write into the outbox, by the name of its login role in PostgreSQL. */
export function outboxWriters({ pools }: Pick<LoadedApp, 'pools'>, prefix: string): Map<string, Writer> {
  const all = Object.values(pools);
  return new Map(
    Object.entries(pools).map(([name, { publishes = [], places = [], workflows }]) => {
      const placed = all.filter(({ taskQueue }) => places.some((each) => each.taskQueue === taskQueue));
      const contexts = [...publishes, ...placed.flatMap((pool) => pool.publishes ?? [])];
      return [
        roleName(prefix, workerRole(name)),
        { publishes: contexts, runsWorkflows: workflows !== undefined },
      ];
    }),
  );
}
