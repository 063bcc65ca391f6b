import type { Client } from '@temporalio/client';
import { InvalidArgumentError } from 'commander';
import { describeDeployment, routingOf } from '../../adapters/temporal';
import { countPinned } from '../../adapters/temporal/deployments/pinned';
import { CliError } from '../exit';
import type { WorkerPool, CliContext } from '../context';

/** A pool with its versions in Temporal. */
export interface PoolState {
  readonly pool: string;
  readonly deployment: string;
  /** The version of this folder or image. */
  readonly own: string | undefined;
  /** The version that gets new work. */
  readonly current: string | undefined;
  readonly changedAt: Date | undefined;
  /** Whether a worker polls for new work. */
  readonly served: boolean;
  readonly versions: readonly VersionState[];
}

interface VersionState {
  readonly buildId: string;
  readonly createdAt: Date;
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

export function poolNamed(cliContext: CliContext, name: string): WorkerPool {
  const pools = cliContext.pools();
  const found = pools.find(({ pool }) => pool === name);
  if (found) return found;
  const known = pools.map(({ pool }) => pool).join(', ');
  throw new CliError('unknown-pool', `there is no worker pool "${name}"; known are ${known}`);
}

/** Parses a build id. */
export function buildId(text: string): string {
  if (/^[\w.+-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError('A build id has 1 to 100 letters, digits, "_", ".", "+" and "-".');
}
