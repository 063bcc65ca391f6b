import type { Client } from '@temporalio/client';
import type { DeploymentVersion, Ramp, VersionStatus } from './deployment';
import { describeDeployment } from './deployment';
import { countPinned } from './pinned';
import { routingOf } from './routing';

/** A worker pool of this folder or image. */
export interface WorkerPool {
  readonly pool: string;
  readonly taskQueue: string;
  /** Whether the pool runs workflows, or activities only. */
  readonly hasWorkflows: boolean;
  readonly version: DeploymentVersion;
}

/** A pool with its versions in Temporal. */
export interface PoolState {
  readonly pool: string;
  readonly deployment: string;
  /** The version of this folder or image. */
  readonly own: string | undefined;
  /** The version that gets new work. */
  readonly current: string | undefined;
  /** The version that gets a part of the new work. */
  readonly ramping: Ramp | undefined;
  readonly changedAt: Date | undefined;
  /** The only client that may change that, such as Temporal's worker controller; `undefined` if any may. */
  readonly manager: string | undefined;
  /** Whether a worker polls for new work. */
  readonly served: boolean;
  readonly versions: readonly VersionState[];
}

interface VersionState {
  readonly buildId: string;
  readonly createdAt: Date;
  readonly status: VersionStatus;
  /** Whether a worker of this version polls. */
  readonly polled: boolean;
  /** Number of open workflows that only workers of this version continue. */
  readonly pinned: number;
}

export async function poolState(
  temporal: Client,
  { pool, taskQueue, hasWorkflows, version: { deployment, buildId: own } }: WorkerPool,
): Promise<PoolState> {
  const [found, routing] = await Promise.all([
    describeDeployment(temporal, deployment),
    routingOf(temporal, { taskQueue, hasWorkflows }),
  ]);
  const versions = (found?.versions ?? []).map(async ({ buildId, createdAt, status }) => ({
    ...{ buildId, createdAt, status },
    polled: routing.polledBy.includes(buildId),
    pinned: hasWorkflows ? await countPinned(temporal, { deployment, buildId }) : 0,
  }));
  const current = found?.current;
  return {
    pool,
    deployment,
    own,
    current,
    ramping: found?.ramping,
    changedAt: found?.changedAt,
    manager: found?.manager,
    served: routing.polledBy.includes(current),
    versions: await Promise.all(versions),
  };
}
