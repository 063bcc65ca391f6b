import { randomBytes } from 'node:crypto';
import type { BulkPlan, BulkProgress, RunningBulk } from '../../operator';

/** Plans and runs in memory; above that the oldest one is forgotten. */
const MOST = 100;

const IS_OVER: Readonly<Record<BulkProgress['state'], boolean>> = {
  ...{ waiting: false, running: false, paused: false },
  ...{ ended: true, stopped: true, cancelled: true },
};

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
  add(plan: BulkPlan, by: string, run?: RunningBulk): Bulk;
  find(id: string): Bulk | undefined;
  remove(id: string): void;
  /** The newest first. */
  all(): readonly Bulk[];
  /** Stops all that run, and waits for them. */
  stop(): Promise<void>;
}

export function createBulks(): Bulks {
  const bulks = new Map<string, Bulk>();
  return {
    add: (plan, by, run) => {
      const idle = [...bulks.values()].find((each) => !each.run || IS_OVER[each.run.progress().state]);
      if (bulks.size >= MOST && idle) bulks.delete(idle.id);
      const bulk = { id: randomBytes(12).toString('base64url'), by, plan, ...(run && { run }) };
      bulks.set(bulk.id, bulk);
      return bulk;
    },
    find: (id) => bulks.get(id),
    remove: (id) => void bulks.delete(id),
    all: () => [...bulks.values()].reverse(),
    stop: async () => {
      const running = [...bulks.values()].flatMap(({ run }) => run ?? []);
      for (const run of running) run.stop('the console has ended');
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}
