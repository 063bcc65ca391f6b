import type { Command } from 'commander';
import type { PoolState } from '../../adapters/temporal';
import { poolState } from '../../adapters/temporal';
import { EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';

export function addStatus(deploy: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  withOutput(
    deploy.command('status').description('the versions of each pool, and what is wrong with them; then 1'),
  ).action(async ({ output }: Output) => {
    const temporal = await cliContext.temporal();
    const states = await Promise.all(cliContext.pools().map((pool) => poolState(temporal, pool)));
    const problems = states.flatMap(problemsOf);
    if (problems.length > 0) cliContext.exitWith(EXIT.failed);
    if (output === 'json') {
      terminal.out(JSON.stringify({ pools: states, problems }));
      return;
    }
    terminal.out([table(STATE_HEADINGS, stateRows(states)), ...problems].join('\n'));
  });
}

/** Problems that need action: new work or open workflows that no worker runs. */
function problemsOf({ pool, current, served, versions }: PoolState): string[] {
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

const STATE_HEADINGS = ['pool', 'version', 'new work', 'workers', 'open and pinned to it'] as const;

function stateRows(states: readonly PoolState[]): string[][] {
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
