import type { Client } from '@temporalio/client';
import { describeDeployment, routingOf } from '../adapters/temporal';
import { countPinned } from '../adapters/temporal/deployments/pinned';
import type { WorkerPool } from './context';

/** What `deploy status` tells of a pool. */
export interface PoolState {
  readonly pool: string;
  readonly deployment: string;
  /** The version of this folder or image. */
  readonly own: string | undefined;
  /** The version that gets new work. */
  readonly current: string | undefined;
  readonly changedAt: Date | undefined;
  /** Whether anybody polls for new work. */
  readonly served: boolean;
  readonly versions: readonly VersionState[];
}

interface VersionState {
  readonly buildId: string;
  readonly createdAt: Date;
  /** Whether a worker of it polls. */
  readonly polled: boolean;
  /** Open workflows that only its workers go on with. */
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
  const versions = (found?.versions ?? []).map(async ({ buildId, createdAt }) => ({
    buildId,
    createdAt,
    polled: routing.polledBy.includes(buildId),
    pinned: hasWorkflows ? await countPinned(temporal, { deployment, buildId }) : 0,
  }));
  const current = found?.current;
  return {
    pool,
    deployment,
    own,
    current,
    changedAt: found?.changedAt,
    served: routing.polledBy.includes(current),
    versions: await Promise.all(versions),
  };
}

/** What somebody should act upon: new work or open workflows that no worker runs. */
export function problemsOf({ pool, current, served, versions }: PoolState): string[] {
  const problems = versions
    .filter(({ pinned, polled }) => pinned > 0 && !polled)
    .map(
      ({ buildId, pinned }) =>
        `${pool}: ${pinned} open workflows are pinned to ${buildId}, which no worker runs: start one, or "npx sagaline deploy move ${pool} --from ${buildId}"`,
    );
  if (served) return problems;
  const nobody =
    current === undefined ? 'workers without a version, and none' : `${current}, and no worker of it`;
  return [
    `${pool}: new work goes to ${nobody} polls: start one, or "npx sagaline deploy set-current ${pool}"`,
    ...problems,
  ];
}

export const STATE_HEADINGS = ['pool', 'version', 'new work', 'workers', 'open and pinned to it'] as const;

export function stateRows(states: readonly PoolState[]): string[][] {
  return states.flatMap(({ pool, own, current, versions }) => {
    if (versions.length === 0) return [[pool, '(none)', '', '', '']];
    return versions.map(({ buildId, polled, pinned }, index) => [
      index === 0 ? pool : '',
      buildId === own ? `${buildId} (this one)` : buildId,
      buildId === current ? 'yes' : '',
      polled ? 'poll' : '',
      pinned > 0 ? String(pinned) : '',
    ]);
  });
}
