import type { Saga } from '../../adapters/temporal';
import { findSaga, sagasIn } from '../../adapters/temporal';
import { statesOfWaiting, waitsForPerson } from '../../contracts';
import type { OperatorContext } from '../context';
import type { Asked } from './question';
import { whatIsAsked } from './question';

/** Number of sagas that are queried at once: for each answer a worker may have to read a history. */
const ASKED_AT_ONCE = 8;
/** Without a worker each answer takes seconds: after this number the others are not asked, unless one of the type has answered. */
const MOST_SILENT = 16;

export interface StuckSaga {
  readonly saga: Saga;
  readonly asked: Asked;
}

type Parts = Pick<OperatorContext, 'temporal' | 'processes'>;

/** Lists the open processes that wait for a person, the longest waiting first. */
export async function stuckSagas(
  context: Parts,
  limit: number,
): Promise<{ readonly stuck: readonly StuckSaga[]; readonly more: boolean }> {
  const found: Saga[] = [];
  let more = false;
  for await (const saga of sagasIn(await context.temporal(), statesOfWaiting(context.processes))) {
    if (!waitsForPerson(context.processes, saga)) continue;
    more = found.length === limit;
    if (more) break;
    found.push(saga);
  }
  // Sagas whose waiting time is unknown come first.
  const rank = (each: StuckSaga) => Date.parse(stuckSince(each) ?? '1970-01-01');
  const stuck = (await askAll(context, found)).sort((one, other) => rank(one) - rank(other));
  return { stuck, more };
}

/** Since when a saga waits; `undefined` if it does not say so. */
export function stuckSince({ asked }: StuckSaga): string | undefined {
  return asked.kind === 'asks' ? asked.question.since : undefined;
}

/** What a saga waits for, and why. */
export function stuckInWords(asked: Asked): { readonly what: string; readonly why: string } {
  switch (asked.kind) {
    case 'asks':
      return { what: asked.question.what, why: asked.question.message };
    case 'asks-nothing':
      return { what: 'no decision', why: asked.words };
    case 'unknown':
      return { what: '?', why: asked.why };
  }
}

/** Asks some at once. Where no worker has answered for many of a type, the others of this type are not asked. */
async function askAll(context: Parts, sagas: readonly Saga[]): Promise<StuckSaga[]> {
  const stuck: StuckSaga[] = [];
  const silent = new Map<string, number>();
  for (let from = 0; from < sagas.length; from += ASKED_AT_ONCE) {
    const some = sagas.slice(from, from + ASKED_AT_ONCE);
    const asking = some.map((saga) =>
      (silent.get(saga.workflow) ?? 0) < MOST_SILENT
        ? askOne(context, saga)
        : Promise.resolve([notAsked(saga)]),
    );
    for (const each of (await Promise.all(asking)).flat()) {
      const { saga, asked } = each;
      const isSilent = asked.kind === 'unknown' && asked.silent === true;
      silent.set(saga.workflow, isSilent ? (silent.get(saga.workflow) ?? 0) + 1 : -Infinity);
      stuck.push(each);
    }
  }
  return stuck;
}

function notAsked(saga: Saga): StuckSaga {
  const why = `not asked: no worker of "${saga.workflow}" has answered for ${MOST_SILENT} others`;
  return { saga, asked: { kind: 'unknown', why, silent: true } };
}

/** Queries one saga. Temporal's list may be a moment old: a saga that has gone on since is left out. */
async function askOne(context: Parts, saga: Saga): Promise<StuckSaga[]> {
  const asked = await whatIsAsked(context, saga);
  if (asked.kind === 'asks-nothing') {
    const now = (await findSaga(await context.temporal(), saga.workflowId))?.saga;
    if (now?.status !== 'RUNNING' || !waitsForPerson(context.processes, now)) return [];
  }
  return [{ saga, asked }];
}
