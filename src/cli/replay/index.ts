/** `sagaline replay`: checks whether the workflows of this folder or image replay recorded histories. */
import type { Command } from 'commander';
import { recordReplay } from '../../operator';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { wholeNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import type { Found } from './histories';
import { historiesIn, historiesOnServer } from './histories';
import type { Replayed } from './view';
import { show } from './view';

interface ReplayOptions extends Output {
  readonly fromServer?: true;
  readonly workflow?: string;
  readonly unpinned?: true;
  readonly record?: true;
  readonly limit: number;
}

/** Number of histories in memory, each of up to 50 MB; also the number of cores that replaying keeps busy. */
const AT_ONCE = 4;
const LIMIT = 500;
const MOST = 100_000;

export function addReplay(program: Command, cliContext: CliContext): void {
  withOutput(
    program
      .command('replay')
      .description(
        'replays histories with the workflows of this folder or image, and tells of the first difference of each that does not; then 1',
      )
      .argument('[paths...]', 'files with histories as JSON, or folders of them')
      .option('--from-server', 'the histories in Temporal: of open workflows, then of those that closed last')
      .option('--workflow <type>', 'of this type only, from the server')
      .option(
        '--unpinned',
        'from the server, those only that go on with the newest code: no version is pinned to them',
      )
      .option('--record', 'puts the result on record, for the version of this folder or image')
      .option('--limit <number>', 'so many at most, from the server', wholeNumber(1, MOST), LIMIT),
  ).action(async (paths: readonly string[], options: ReplayOptions) => {
    if (paths.length > 0 === (options.fromServer === true))
      throw new CliError('usage', 'either paths, or --from-server', EXIT.usage);
    const histories =
      paths.length > 0
        ? historiesIn(paths)
        : historiesOnServer(await cliContext.temporal(), {
            types: typesOf(cliContext, options.workflow),
            unpinned: options.unpinned === true,
            limit: options.limit,
          });
    const replayed = await replayAll(cliContext, histories);
    if (options.record && !cliContext.terminal.interrupted.aborted) await putOnRecord(cliContext, replayed);
    if (replayed.some(({ verdict }) => verdict.kind !== 'replays')) cliContext.exitWith(EXIT.failed);
    show(cliContext, replayed, options);
  });
}

/** For each pool that runs workflows: its version of this folder is the one that was tried. */
async function putOnRecord(cliContext: CliContext, replayed: readonly Replayed[]): Promise<void> {
  const result = {
    histories: replayed.length,
    replay: replayed.filter(({ verdict }) => verdict.kind === 'replays').length,
    workflows: [...new Set(replayed.map(({ found }) => found.type))].sort(),
  };
  for (const { pool, hasWorkflows, version } of cliContext.pools())
    if (hasWorkflows && version.buildId !== undefined)
      await recordReplay(cliContext, { pool, buildId: version.buildId }, result);
}

function typesOf({ processes, reconciliations }: CliContext, wanted: string | undefined): string[] {
  const known = [...processes, ...reconciliations.map(({ check }) => check)].map(({ name }) => name);
  if (wanted === undefined) return known;
  if (known.includes(wanted)) return [wanted];
  throw new CliError('unknown-workflow', `there is no workflow "${wanted}"; known are ${known.join(', ')}`);
}

async function replayAll(
  cliContext: CliContext,
  histories: AsyncGenerator<Found>,
): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  // All takers share one generator, which yields the next history on request.
  const takers = Array.from({ length: AT_ONCE }, async () => {
    for (;;) {
      const { value: found } = (await histories.next()) as { value: Found | undefined };
      if (!found || cliContext.terminal.interrupted.aborted) return;
      const history = await found.read();
      // The history has been deleted from the server since it was listed.
      if (!history) continue;
      // Only when there is a history: making a replayer takes seconds.
      const { replay } = await cliContext.replayer();
      const verdict = await replay(history, found.name);
      replayed.push({ found: { ...found, read: GONE }, verdict });
    }
  });
  await Promise.all(takers);
  return replayed;
}

/** Replaces the reader of a replayed history, so that the history can be freed. */
const GONE = () => Promise.resolve(undefined);
