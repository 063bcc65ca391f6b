import type { Command } from 'commander';
import { moveOnRecord, planMove } from '../../operator';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';
import { buildId } from './build-id';

interface MoveOptions extends Output {
  readonly from: string;
  readonly to?: string;
  readonly reason?: string;
  readonly dryRun?: true;
}

export function addMove(deploy: Command, cliContext: CliContext): void {
  withOutput(
    deploy
      .command('move')
      .description(
        'binds the open workflows of one version of a pool to another; "sagaline replay --from-server" says whether it can go on with them',
      )
      .argument('<pool>', 'name of a worker pool')
      .requiredOption('--from <build id>', 'the version that they are pinned to', buildId)
      .option(
        '--to <build id>',
        'the version that shall go on with them, the current one unless named',
        buildId,
      )
      .option('--reason <text>', 'why, for the audit')
      .option('--dry-run', 'tells what would be moved, and moves nothing'),
  ).action(async (pool: string, { output, dryRun, reason, from, to }: MoveOptions) => {
    const { terminal } = cliContext;
    const say = (value: object, text: string) =>
      terminal.out(output === 'json' ? JSON.stringify(value) : text);
    if (dryRun) {
      const { first, ...plan } = await planMove(cliContext, { pool, from, to });
      const ids = first.map(({ workflowId }) => workflowId);
      say(
        { ...plan, first: ids },
        [
          `${plan.pinned} open workflows of ${pool} would be moved from ${from} to ${plan.to}`,
          ...(plan.polled ? [] : [`no worker of ${plan.to} polls: they would wait for one`]),
          ...ids,
        ].join('\n'),
      );
      return;
    }
    const done = await moveOnRecord(cliContext, { pool, from, to }, { reason, signal: terminal.interrupted });
    say(done, `${done.moved} open workflows of ${pool} are pinned to ${done.to} now, not to ${from}`);
  });
}
