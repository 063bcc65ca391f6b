import type { Command } from 'commander';
import type { PoolState } from '../../adapters/temporal';
import { deployStatus } from '../../operator';
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
    const { pools: states, problems } = await deployStatus(cliContext);
    if (problems.length > 0) cliContext.exitWith(EXIT.failed);
    if (output === 'json') {
      terminal.out(JSON.stringify({ pools: states, problems }));
      return;
    }
    terminal.out([table(STATE_HEADINGS, stateRows(states)), ...problems].join('\n'));
  });
}

const STATE_HEADINGS = ['pool', 'version', 'new work', 'workers', 'open and pinned to it'] as const;

function stateRows(states: readonly PoolState[]): string[][] {
  return states.flatMap(({ pool, own, current, ramping, versions }) => {
    if (versions.length === 0) return [[pool, '(none)', '', '', '']];
    return versions.map(({ buildId, polled, pinned }, index) => [
      index === 0 ? pool : '',
      buildId === own ? `${buildId} (this one)` : buildId,
      newWork(buildId, { current, ramping }),
      polled ? 'poll' : '',
      pinned > 0 ? String(pinned) : '',
    ]);
  });
}

function newWork(buildId: string, { current, ramping }: Pick<PoolState, 'current' | 'ramping'>): string {
  if (ramping?.buildId === buildId) return `${ramping.percent} %`;
  return buildId === current ? 'yes' : '';
}
