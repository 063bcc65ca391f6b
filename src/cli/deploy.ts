import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { setCurrentVersion, VersionNotPolledError } from '../adapters/temporal';
import type { NamedVersion } from '../adapters/temporal/deployments/pinned';
import { movePinned } from '../adapters/temporal/deployments/pinned';
import { CliError, EXIT } from './exit';
import { poolState, problemsOf, STATE_HEADINGS, stateRows } from './deploy-status';
import type { Output } from './options';
import { duration, withOutput } from './options';
import { table } from './table';
import type { WorkerPool, CliContext } from './context';

interface SetOptions extends Output {
  readonly buildId?: string;
  readonly unpolled?: true;
  readonly within: number;
}

interface MoveOptions extends Output {
  readonly from: string;
  readonly to?: string;
}

/** A worker polls some seconds after its start. */
const POLLED_WITHIN = '60s';

export function addDeploy(program: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  const deploy = program
    .command('deploy')
    .description('which version of each worker pool gets new work: docs/deploys.md');

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

  withOutput(
    deploy
      .command('set-current')
      .description('gives new work to a version of these pools, of all unless named, once its workers poll')
      .argument('[pools...]', 'names of worker pools')
      .option('--build-id <id>', 'this version instead of the one that this folder or image has', buildId)
      .option('--within <time>', 'how long to wait for its first worker', duration, duration(POLLED_WITHIN))
      .option('--unpolled', 'also when no worker of it polls yet'),
  ).action(async (names: readonly string[], options: SetOptions) => {
    const { output, unpolled = false, within: withinMs } = options;
    const temporal = await cliContext.temporal();
    const pools = names.length === 0 ? cliContext.pools() : names.map((name) => poolNamed(cliContext, name));
    const settings = await Promise.allSettled(
      pools.map(async ({ pool, version }) => {
        const wanted = { ...version, buildId: options.buildId ?? version.buildId };
        return { pool, ...wanted, before: await setCurrentVersion(temporal, wanted, { unpolled, withinMs }) };
      }),
    );
    const set = settings.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (output === 'text')
      for (const { pool, buildId, before } of set) terminal.out(inWords(pool, buildId, before));
    const failed = settings.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    if (failed.length > 0) throw asOne(failed, set);
    if (output === 'json') terminal.out(JSON.stringify({ set }));
  });

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
    const moved = await movePinned(temporal, { from: named(from), to: named(target), signal });
    terminal.out(
      output === 'json'
        ? JSON.stringify({ pool: name, from, to: target, moved })
        : `${moved} open workflows of ${name} are pinned to ${target} now, not to ${from}`,
    );
  });
}

function poolNamed(cliContext: CliContext, name: string): WorkerPool {
  const pools = cliContext.pools();
  const found = pools.find(({ pool }) => pool === name);
  if (found) return found;
  const known = pools.map(({ pool }) => pool).join(', ');
  throw new CliError('unknown-pool', `there is no worker pool "${name}"; known are ${known}`);
}

/** Of several pools each that could be set is set. */
function asOne(failures: readonly unknown[], set: readonly object[]): unknown {
  const refused = failures.filter((failure) => failure instanceof VersionNotPolledError);
  if (refused.length < failures.length)
    return failures.find((failure) => !refused.includes(failure as never));
  const words = refused.map(({ message }) => message).join('; ');
  return new CliError('not-polled', `${words}: start its workers first, or say --unpolled`, EXIT.failed, {
    set,
  });
}

function inWords(pool: string, wanted = 'the workers without a version', before: string | undefined): string {
  return before === wanted
    ? `${pool}: ${wanted} gets new work, as before`
    : `${pool}: ${wanted} gets new work now; before it was ${before ?? 'none'}`;
}

function buildId(text: string): string {
  if (/^[\w.+-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError('A build id has 1 to 100 letters, digits, "_", ".", "+" and "-".');
}
