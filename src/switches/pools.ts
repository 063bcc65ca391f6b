import type { Client } from '@temporalio/client';
import { QueueLimitsUnsupportedError, readQueueLimit, setQueueLimit } from '../adapters/temporal';
import type { Pause } from './pause';
import { isRunning, storedPause } from './pause';
import type { PauseStore } from './store';
import { PauseConflictError } from './store';

/** A pool that can be paused, and its task queue. */
export interface SwitchablePool {
  readonly pool: string;
  readonly taskQueue: string;
}

/**
 * Keeps the paused pools in Temporal, as a limit of zero steps a second on the pool's task queue. The limit's reason has
 * the pause, so that a person who finds the limit knows whom to ask.
 */
export function createPoolStore(client: Client, pools: readonly SwitchablePool[]): PauseStore {
  const queueOf = (name: string) => {
    const pool = pools.find((each) => each.pool === name);
    if (!pool) throw new Error(`there is no pool "${name}"`);
    return pool.taskQueue;
  };
  return {
    list: async () => {
      const found = await Promise.all(pools.map((pool) => pauseOf(client, pool)));
      return found.filter((pause) => pause !== undefined);
    },
    put: async (pause) => {
      const taskQueue = queueOf(pause.name);
      const limit = await readQueueLimit(client, taskQueue);
      if (limit && !pauseIn(limit.reason))
        throw new PauseConflictError(
          `${limit.by} has limited the task queue "${taskQueue}" to ${limit.perSecond} a second (${limit.reason}); a pause would remove that limit`,
        );
      await setQueueLimit(client, taskQueue, {
        ...{ perSecond: 0, reason: JSON.stringify(storedPause.parse(pause)), by: pause.by },
      }).catch(asConflict);
    },
    remove: async (name, by) => {
      const taskQueue = queueOf(name);
      const limit = await readQueueLimit(client, taskQueue);
      if (!limit || !pauseIn(limit.reason)) return;
      await setQueueLimit(client, taskQueue, { perSecond: undefined, reason: 'resumed', by });
    },
  };
}

/** Under this name a worker removes a limit whose time is over. */
const EXPIRED = 'sagaline (the pause has expired)';

/**
 * The pause of one pool, for its workers: they end it when its time is over, because a limit of a task queue does not
 * end by itself.
 */
export async function readAndEndPause(
  client: Client,
  pool: SwitchablePool,
  clock: () => Date,
): Promise<readonly Pause[]> {
  const pause = await pauseOf(client, pool);
  if (!pause) return [];
  if (isRunning(pause, clock())) return [pause];
  // Somebody may have paused it anew meanwhile.
  const now = await pauseOf(client, pool);
  if (now && isRunning(now, clock())) return [now];
  await createPoolStore(client, [pool]).remove(pool.pool, EXPIRED);
  return [];
}

async function pauseOf(client: Client, { pool, taskQueue }: SwitchablePool): Promise<Pause | undefined> {
  const limit = await readQueueLimit(client, taskQueue);
  const pause = limit?.perSecond === 0 ? pauseIn(limit.reason) : undefined;
  return pause && { ...pause, kind: 'pool', name: pool };
}

function pauseIn(reason: string): Omit<Pause, 'kind'> | undefined {
  try {
    return storedPause.safeParse(JSON.parse(reason)).data;
  } catch {
    return undefined;
  }
}

function asConflict(error: unknown): never {
  if (error instanceof QueueLimitsUnsupportedError) throw new PauseConflictError(error.message);
  throw error;
}
