import type { Command } from 'commander';
import { setCurrentVersion } from '../../adapters/temporal';
import { poolNamed } from '../../operator';
import type { Output } from '../options';
import { duration, withOutput } from '../options';
import type { CliContext } from '../context';
import { asOneError } from './as-one-error';
import { buildId } from './build-id';

interface SetOptions extends Output {
  readonly buildId?: string;
  readonly unpolled?: true;
  readonly within: number;
}

/** A worker polls some seconds after its start. */
const POLLED_WITHIN = '60s';

export function addSetCurrent(deploy: Command, cliContext: CliContext): void {
  withOutput(
    deploy
      .command('set-current')
      .description('gives new work to a version of these pools, of all unless named, once its workers poll')
      .argument('[pools...]', 'names of worker pools')
      .option('--build-id <id>', 'this version instead of the one that this folder or image has', buildId)
      .option('--within <time>', 'how long to wait for its first worker', duration, duration(POLLED_WITHIN))
      .option('--unpolled', 'also when no worker of it polls yet'),
  ).action(async (names: readonly string[], options: SetOptions) => {
    const { auditing } = cliContext;
    const { output, unpolled = false, within: withinMs } = options;
    const temporal = await cliContext.temporal();
    const pools = names.length === 0 ? cliContext.pools() : names.map((name) => poolNamed(cliContext, name));
    const settings = await Promise.allSettled(
      pools.map(async ({ pool, version }) => {
        const wanted = { ...version, buildId: options.buildId ?? version.buildId };
        const before = await auditing.change(
          { action: 'deploy.set-current', target: pool, details: { buildId: wanted.buildId } },
          () => setCurrentVersion(temporal, wanted, { unpolled, withinMs }),
          (replaced) => ({ before: replaced }),
        );
        return { pool, ...wanted, before };
      }),
    );
    const set = settings.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (output === 'text')
      for (const { pool, buildId, before } of set) cliContext.terminal.out(inWords(pool, buildId, before));
    const failed = settings.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    if (failed.length > 0) throw asOneError(failed, set);
    if (output === 'json') cliContext.terminal.out(JSON.stringify({ set }));
  });
}

function inWords(pool: string, wanted = 'the workers without a version', before: string | undefined): string {
  return before === wanted
    ? `${pool}: ${wanted} gets new work, as before`
    : `${pool}: ${wanted} gets new work now; before it was ${before ?? 'none'}`;
}
