import type { PoolQueues } from '../adapters/temporal';
import type { Growth } from './rates';
import type { PoolState, PoolVersion, QueueState } from './snapshot-pools';

/** A worker pool of the deployment. */
export interface WatchedPool {
  readonly pool: string;
  readonly taskQueue: string;
  /** Whether the pool runs workflows, or activities only. */
  readonly hasWorkflows: boolean;
  /** Name of the pool's worker deployment. */
  readonly deployment: string;
}

/** What one look at all pools gives for two parts of the snapshot. */
export interface Pools {
  readonly pools: readonly PoolState[];
  readonly queues: readonly QueueState[];
}

/** What waits in the queue of each pool, who polls, and which version gets new work. */
export function createPoolsCheck(parts: {
  readonly pools: readonly WatchedPool[];
  readonly read: (pool: WatchedPool) => Promise<PoolQueues>;
  /** How many open workflows are pinned to a version. */
  readonly countPinned: (version: {
    readonly deployment: string;
    readonly buildId: string;
  }) => Promise<number>;
  readonly growth: Growth;
}): () => Promise<Pools> {
  return async () => {
    const pools: PoolState[] = [];
    const queues: QueueState[] = [];
    for (const pool of parts.pools) {
      const found = await parts.read(pool);
      queues.push(...queuesOf(pool, found));
      pools.push(await poolOf(pool, found));
    }
    return { pools, queues };
  };

  async function poolOf(pool: WatchedPool, found: PoolQueues): Promise<PoolState> {
    const { current } = found;
    const { deployment, hasWorkflows } = pool;
    const versions = await Promise.all(
      found.versions.map(async ({ buildId, createdAt, status }): Promise<PoolVersion> => ({
        ...{ buildId, createdAt: createdAt.toISOString(), status, current: buildId === current },
        pollers: pollersOf(found, buildId),
        ...(hasWorkflows && (await pinnedTo({ deployment, buildId }))),
      })),
    );
    const unversioned = pollersOf(found, undefined);
    const pollers = pollersOf(found, current);
    return {
      ...pool,
      ...(current !== undefined && { current }),
      ...(found.ramping && { ramping: rampOf(found.ramping) }),
      ...{ pollers, served: pollers > 0 },
      versions: [
        ...versions,
        ...(current === undefined || unversioned > 0
          ? [{ current: current === undefined, pollers: unversioned }]
          : []),
      ],
    };
  }

  async function pinnedTo(version: { readonly deployment: string; readonly buildId: string }) {
    const pinned = await parts.countPinned(version);
    const change = parts.growth.of(`${version.deployment} ${version.buildId}`, pinned);
    return { pinned, ...(change !== undefined && { pinnedPerSecond: change }) };
  }
}

function rampOf({ buildId, percent }: NonNullable<PoolQueues['ramping']>): NonNullable<PoolState['ramping']> {
  return { percent, ...(buildId !== undefined && { buildId }) };
}

function queuesOf({ pool, taskQueue }: WatchedPool, { current, queues }: PoolQueues): QueueState[] {
  return queues.map(({ buildId, ...queue }) => ({
    ...{ pool, taskQueue, current: buildId === current },
    ...(buildId !== undefined && { buildId }),
    ...queue,
  }));
}

/** Workers of a version. A worker of workflows polls for both kinds of tasks. */
function pollersOf({ queues }: PoolQueues, buildId: string | undefined): number {
  return Math.max(0, ...queues.filter((queue) => queue.buildId === buildId).map(({ pollers }) => pollers));
}
