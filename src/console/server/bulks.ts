import { randomBytes } from 'node:crypto';
import type { BulkPlan, RunningBulk } from '../../operator';

/** Plans and runs in memory; above that the oldest one is forgotten. */
const MOST = 100;

export interface Bulk {
  readonly id: string;
  /** Who has planned it. */
  readonly by: string;
  readonly plan: BulkPlan;
  /** Once it was started. */
  run?: RunningBulk;
}

/** What people have planned and started here. It is in memory: a restart stops what runs, between two items. */
export interface Bulks {
  add(plan: BulkPlan, by: string): Bulk;
  find(id: string): Bulk | undefined;
  /** Stops all that run, and waits for them. */
  stop(): Promise<void>;
}

export function createBulks(): Bulks {
  const bulks = new Map<string, Bulk>();
  return {
    add: (plan, by) => {
      const idle = [...bulks.values()].find(({ run }) => run?.progress().state !== 'running');
      if (bulks.size >= MOST && idle) bulks.delete(idle.id);
      const bulk = { id: randomBytes(12).toString('base64url'), by, plan };
      bulks.set(bulk.id, bulk);
      return bulk;
    },
    find: (id) => bulks.get(id),
    stop: async () => {
      const running = [...bulks.values()].flatMap(({ run }) => run ?? []);
      for (const run of running) run.stop('the console has ended');
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}
