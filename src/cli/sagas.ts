import type { Command } from 'commander';
import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Saga } from '../adapters/temporal';
import { findSaga, sagasIn } from '../adapters/temporal';
import { linkTo } from './link';
import type { Output } from './options';
import { duration, wholeNumber, withOutput } from './options';
import type { DecideOptions } from './sagas-decide';
import { decide } from './sagas-decide';
import type { Asked, DecisionKind } from './sagas-question';
import { DECISIONS, statesOfWaiting, waitsForPerson, whatIsAsked } from './sagas-question';
import type { RetryingOptions } from './sagas-retrying';
import { listRetrying } from './sagas-retrying';
import { showSaga } from './sagas-show';
import { table } from './table';
import type { CliContext } from './context';

interface StuckOptions extends Output {
  readonly limit: number;
}

const PAGE = 50;
const LARGEST_PAGE = 1_000;
/** Sagas that are asked at once: each answer costs its worker a look into a history. */
const ASKED_AT_ONCE = 8;
const MAX_CELL = 80;
const MINUTE_MS = 60_000;
/** Each is a call to Temporal. */
const USUAL_LOOKS = 5_000;
const MOST_LOOKS = 1_000_000;

export function addSagas(program: Command, cliContext: CliContext): void {
  const sagas = program
    .command('sagas')
    .description('processes that wait for a person: which, why, and what to do: docs/operating.md');

  withOutput(
    sagas
      .command('stuck')
      .description('open processes that wait for a person, the longest waiting first')
      .option('--limit <number>', 'so many at most', wholeNumber(1, LARGEST_PAGE), PAGE),
  ).action((options: StuckOptions) => listStuck(cliContext, options));

  withOutput(
    sagas
      .command('retrying')
      .description(
        'steps that have failed for longer than a time and are tried again, in whatever state; the oldest first',
      )
      .option('--for <time>', 'failing for longer than this: 90s, 10m, 2h', duration, MINUTE_MS)
      .option('--limit <number>', 'show so many at most', wholeNumber(1, LARGEST_PAGE), PAGE)
      .option(
        '--look-at <number>',
        'look at so many open workflows at most, the youngest first: each costs Temporal one call',
        wholeNumber(1, MOST_LOOKS),
        USUAL_LOOKS,
      )
      .option('--query <filter>', 'look only at those, in Temporal’s list filter: \'WorkflowType = "…"\''),
  ).action((options: RetryingOptions) => listRetrying(cliContext, options));

  withOutput(
    sagas
      .command('show')
      .description('where one process stands: what it waits for, what it has done and compensated')
      .argument('<id>', 'of the workflow: <process>-<key>', workflowId),
  ).action((id: string, options: Output) => showSaga(cliContext, id, options));

  withOutput(
    sagas
      .command('decide')
      .description('tells a process that is stuck what to do, and where it stands when it has taken that')
      .argument('<id>', 'of the workflow: <process>-<key>', workflowId)
      .addArgument(
        new Argument(
          '<decision>',
          'retry: try again; skip: go on without it; done-by-hand: it was done elsewhere',
        ).choices(DECISIONS),
      )
      .option('--reason <reason>', 'why; skip and done-by-hand need one')
      .addOption(new Option('--by <name>', 'who decides').default(cliContext.user))
      .option('--again', 'although it was decided before: that decision has not arrived'),
  ).action((id: string, decision: DecisionKind, options: DecideOptions) =>
    decide(cliContext, id, decision, options),
  );
}

/** One token of a subject, as the ids of all workflows of events are. */
function workflowId(text: string): string {
  if (/^[^\s.*>]{1,200}$/.test(text)) return text;
  throw new InvalidArgumentError('The id of a workflow is one word: <process>-<key>.');
}

interface StuckSaga {
  readonly saga: Saga;
  readonly asked: Asked;
}

async function listStuck(cliContext: CliContext, { limit, output }: StuckOptions): Promise<void> {
  const found: Saga[] = [];
  let more = false;
  for await (const saga of sagasIn(await cliContext.temporal(), statesOfWaiting(cliContext))) {
    if (!waitsForPerson(cliContext, saga)) continue;
    more = found.length === limit;
    if (more) break;
    found.push(saga);
  }
  // Since when the others wait is not known: they come first, too.
  const rank = (each: StuckSaga) => Date.parse(sinceOf(each) ?? '1970-01-01');
  const stuck = (await askAll(cliContext, found)).sort((one, other) => rank(one) - rank(other));
  const { terminal } = cliContext;
  if (output === 'json') {
    terminal.out(JSON.stringify({ sagas: stuck.map((each) => asJson(cliContext, each)), more }));
    return;
  }
  if (stuck.length === 0) {
    terminal.out('none');
    return;
  }
  const rows = stuck.map((each) => {
    const { workflowId: id, state, runId } = each.saga;
    const { what, why } = inWords(each.asked);
    const link = linkTo(cliContext.config(), id, runId);
    return [id, state, sinceOf(each) ?? '?', what, why.slice(0, MAX_CELL), link];
  });
  terminal.out(table(['workflow', 'state', 'since', 'what', 'why', 'Temporal UI'], rows));
  terminal.out(`\nnpx sagaline sagas show <workflow> says how to decide`);
  if (more) terminal.out(`more than ${limit}: --limit`);
}

async function askAll(cliContext: CliContext, sagas: readonly Saga[]): Promise<StuckSaga[]> {
  const stuck: StuckSaga[] = [];
  for (let from = 0; from < sagas.length; from += ASKED_AT_ONCE) {
    const some = sagas.slice(from, from + ASKED_AT_ONCE);
    stuck.push(...(await Promise.all(some.map((saga) => askOne(cliContext, saga)))).flat());
  }
  return stuck;
}

/** Temporal's list may be a moment behind: what has gone on since is left out. */
async function askOne(cliContext: CliContext, saga: Saga): Promise<StuckSaga[]> {
  const asked = await whatIsAsked(cliContext, saga);
  if (asked.kind === 'asks-nothing') {
    const now = (await findSaga(await cliContext.temporal(), saga.workflowId))?.saga;
    if (now?.status !== 'RUNNING' || !waitsForPerson(cliContext, now)) return [];
  }
  return [{ saga, asked }];
}

function sinceOf({ asked }: StuckSaga): string | undefined {
  return asked.kind === 'asks' ? asked.question.since : undefined;
}

function inWords(asked: Asked): { what: string; why: string } {
  switch (asked.kind) {
    case 'asks':
      return { what: asked.question.what, why: asked.question.message };
    case 'asks-nothing':
      return { what: 'no decision', why: asked.words };
    case 'unknown':
      return { what: '?', why: asked.why };
  }
}

function asJson(cliContext: CliContext, { saga, asked }: StuckSaga): object {
  const { workflowId: id, runId, workflow, key, state } = saga;
  const link = linkTo(cliContext.config(), id, runId);
  const asks = asked.kind === 'asks' ? asked.question : null;
  const more = {
    ...(asked.kind === 'asks' && { since: asked.question.since }),
    ...(asked.kind === 'asks-nothing' && { words: asked.words }),
    ...(asked.kind === 'unknown' && { unknown: asked.why }),
  };
  return { workflowId: id, runId, workflow, key, state, asks, ...more, link };
}
