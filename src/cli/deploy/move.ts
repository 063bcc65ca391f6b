import type { Command } from 'commander';
import { poolState } from '../../adapters/temporal';
import type { NamedVersion } from '../../adapters/temporal/deployments/pinned';
import { movePinned } from '../../adapters/temporal/deployments/pinned';
import { CliError } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';
import { buildId, poolNamed } from './pools';

interface MoveOptions extends Output {
  readonly from: string;
  readonly to?: string;
}

export function addMove(deploy: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
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
      ),
  ).action(async (name: string, { output, from, to }: MoveOptions) => {
    const temporal = await cliContext.temporal();
    const pool = poolNamed(cliContext, name);
    const { deployment } = pool.version;
    const { current, versions } = await poolState(temporal, pool);
    const target = to ?? current;
    if (target === undefined || !versions.some(({ buildId }) => buildId === target))
      throw new CliError('unknown-version', `${deployment} has no version ${target ?? 'that gets new work'}`);
    if (target === from) throw new CliError('same-version', `they are pinned to ${from} already`);
    const named = (buildId: string): NamedVersion => ({ deployment, buildId });
    const signal = terminal.interrupted;
    const moved = await cliContext.auditing.change(
      { action: 'deploy.move', target: name, details: { from, to: target } },
      () => movePinned(temporal, { from: named(from), to: named(target), signal }),
      (count) => ({ moved: count }),
    );
    terminal.out(
      output === 'json'
        ? JSON.stringify({ pool: name, from, to: target, moved })
        : `${moved} open workflows of ${name} are pinned to ${target} now, not to ${from}`,
    );
  });
}
