import type { PoolState } from '../../adapters/temporal';
import { poolState } from '../../adapters/temporal';
import type { OperatorContext } from '../context';

export interface DeployStatus {
  readonly pools: readonly PoolState[];
  /** New work or open workflows that no worker runs, each in words with what to do. */
  readonly problems: readonly string[];
}

/** The versions of each pool, as Temporal knows them now, and what is wrong with them. */
export async function deployStatus(
  context: Pick<OperatorContext, 'pools' | 'temporal'>,
): Promise<DeployStatus> {
  const temporal = await context.temporal();
  const pools = await Promise.all(context.pools().map((pool) => poolState(temporal, pool)));
  return { pools, problems: pools.flatMap(problemsOf) };
}

function problemsOf({ pool, current, manager, served, versions }: PoolState): string[] {
  const problems = versions
    .filter(({ pinned, polled }) => pinned > 0 && !polled)
    .map(
      ({ buildId, pinned }) =>
        `${pool}: ${pinned} open workflows are pinned to ${buildId}, which no worker runs: start one, or "npx sagaline deploy move ${pool} --from ${buildId}"`,
    );
  if (served) return problems;
  const nobody =
    current === undefined ? 'workers without a version, and none' : `${current}, and no worker of it`;
  const other =
    manager === undefined
      ? `"npx sagaline deploy set-current ${pool}"`
      : `let ${manager} make another version current`;
  return [`${pool}: new work goes to ${nobody} polls: start one, or ${other}`, ...problems];
}
