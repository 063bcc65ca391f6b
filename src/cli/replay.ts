import type { Command } from 'commander';
import { visible } from '../contracts';
import type { ReplayVerdict } from '../testing/replay';
import { CliError, EXIT } from './exit';
import type { Found } from './histories';
import { historiesIn, historiesOnServer } from './histories';
import { linkTo } from './link';
import type { Output } from './options';
import { wholeNumber, withOutput } from './options';
import { table } from './table';
import type { CliContext } from './context';

interface ReplayOptions extends Output {
  readonly fromServer?: true;
  readonly workflow?: string;
  readonly unpinned?: true;
  readonly limit: number;
}

/** How a replay ended, and of what. */
interface Replayed {
  readonly found: Found;
  readonly verdict: ReplayVerdict;
}

/** So many histories are in memory, of which one may have 50 MB; replaying keeps as many cores busy. */
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
    if (replayed.some(({ verdict }) => verdict.kind !== 'replays')) cliContext.exitWith(EXIT.failed);
    show(cliContext, replayed, options);
  });
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
  // All take from the one generator, which hands out the next when it is asked.
  const takers = Array.from({ length: AT_ONCE }, async () => {
    for (;;) {
      const { value: found } = (await histories.next()) as { value: Found | undefined };
      if (!found || cliContext.terminal.interrupted.aborted) return;
      const history = await found.read();
      // It has gone from the server since it was listed.
      if (!history) continue;
      // Not before there is one: making a replayer takes seconds.
      const { replay } = await cliContext.replayer();
      const verdict = await replay(history, found.name);
      replayed.push({ found: { ...found, read: GONE }, verdict });
    }
  });
  await Promise.all(takers);
  return replayed;
}

/** What has been replayed need not be kept. */
const GONE = () => Promise.resolve(undefined);

function show(cliContext: CliContext, replayed: readonly Replayed[], { output }: Output): void {
  const { terminal } = cliContext;
  const bad = replayed
    .filter(({ verdict }) => verdict.kind !== 'replays')
    .sort((one, other) => one.found.name.localeCompare(other.found.name));
  if (output === 'json') {
    const findings = bad.map(({ found, verdict }) => ({
      name: found.name,
      workflow: found.type,
      workflowId: verdict.workflowId,
      runId: found.runId,
      open: found.open,
      kind: verdict.kind,
      ...(verdict.kind === 'differs' ? verdict.difference : {}),
      ...(verdict.kind === 'fails' ? { message: verdict.message } : {}),
    }));
    terminal.out(JSON.stringify({ histories: replayed.length, findings }));
    return;
  }
  for (const { found, verdict } of bad) {
    terminal.out(visible(accountOf(verdict, found)));
    if (found.runId !== undefined)
      terminal.out(`  see:         ${linkTo(cliContext.config(), found.name, found.runId)}`);
    terminal.out('');
  }
  if (replayed.length === 0) terminal.out('there are no histories');
  else terminal.out(table(['workflow', 'histories', 'open', 'replay', 'do not'], summaryOf(replayed)));
}

/** What a person needs to find the place: which run, which event, what is there, and what the code wants instead. */
function accountOf(verdict: ReplayVerdict, { name, type, runId, open }: Found): string {
  const run = runId === undefined ? '' : `, run ${runId}, ${open === true ? 'open' : 'closed'}`;
  const head = `${type} ${name}${run}`;
  if (verdict.kind !== 'differs')
    return `${head}: cannot be replayed\n  why:         ${verdict.kind === 'fails' ? verdict.message : ''}`;
  const { eventId, expected, got, detail } = verdict.difference;
  return [
    `${head}: differs${eventId === undefined ? '' : ` at event ${eventId}`}`,
    `  the history: ${expected}`,
    `  the code:    ${got}`,
    `  the SDK:     ${detail}`,
  ].join('\n');
}

function summaryOf(replayed: readonly Replayed[]): string[][] {
  const types = [...new Set(replayed.map(({ found }) => found.type))].sort();
  return types.map((type) => {
    const ofType = replayed.filter(({ found }) => found.type === type);
    const good = ofType.filter(({ verdict }) => verdict.kind === 'replays').length;
    const open = ofType.filter(({ found }) => found.open === true).length;
    return [type, ofType.length, open, good, ofType.length - good].map(String);
  });
}
