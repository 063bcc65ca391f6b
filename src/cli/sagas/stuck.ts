import type { Command } from 'commander';
import type { Saga } from '../../adapters/temporal';
import { findSaga, sagasIn } from '../../adapters/temporal';
import { statesOfWaiting, waitsForPerson } from '../../contracts';
import { linkTo } from '../link';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import { MAX_CELL, PAGE, pageSize } from './list';
import type { Asked } from './question';
import { whatIsAsked } from './question';

interface StuckOptions extends Output {
  readonly limit: number;
}

/** Number of sagas that are queried at once: for each answer a worker may have to read a history. */
const ASKED_AT_ONCE = 8;

export function addStuck(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('stuck')
      .description('open processes that wait for a person, the longest waiting first')
      .option('--limit <number>', 'so many at most', pageSize, PAGE),
  ).action((options: StuckOptions) => listStuck(cliContext, options));
}

interface StuckSaga {
  readonly saga: Saga;
  readonly asked: Asked;
}

async function listStuck(cliContext: CliContext, { limit, output }: StuckOptions): Promise<void> {
  const found: Saga[] = [];
  let more = false;
  for await (const saga of sagasIn(await cliContext.temporal(), statesOfWaiting(cliContext.processes))) {
    if (!waitsForPerson(cliContext.processes, saga)) continue;
    more = found.length === limit;
    if (more) break;
    found.push(saga);
  }
  // Sagas whose waiting time is unknown come first.
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

/** Queries one saga. Temporal's list may be a moment old: a saga that has gone on since is left out. */
async function askOne(cliContext: CliContext, saga: Saga): Promise<StuckSaga[]> {
  const asked = await whatIsAsked(cliContext, saga);
  if (asked.kind === 'asks-nothing') {
    const now = (await findSaga(await cliContext.temporal(), saga.workflowId))?.saga;
    if (now?.status !== 'RUNNING' || !waitsForPerson(cliContext.processes, now)) return [];
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
