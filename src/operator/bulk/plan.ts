import type { Money } from '../../contracts';
import type { DeadLetterParts } from '../../dead-letters';
import { listDeadLetters } from '../../dead-letters';
import type { OperatorContext } from '../context';
import { deadLetterTarget, discardOnRecord, redriveOnRecord } from '../dead-letters/actions';
import { OperatorError } from '../error';
import type { ApprovedNames } from '../sagas/decide';
import { decide } from '../sagas/decide';
import { moneyAtRisk } from '../sagas/money';
import { stuckSagas } from '../sagas/stuck';
import { groupsOfStuck } from '../sagas/stuck-groups';
import type { BulkAction, BulkWanted } from './wanted';

/** Items of one bulk: more are another bulk, after a look at what became of these. */
const MOST_ITEMS = 1_000;
/** Processes that are asked for one plan: each answer takes a worker some milliseconds. */
const MOST_ASKED = 500;

/** Pages of dead letters that are looked at for one plan: 100,000, most of which may be closed. */
const MOST_PAGES = 50;

/** What one item has come to. A request waits for a second person. */
export type ItemOutcome = 'done' | 'requested';

export interface BulkItem {
  /** As the audit names it: `dead-letter 17`, a workflow id. */
  readonly target: string;
  /** What has been seen of it: a process that asks something else by then is another item. */
  readonly identity: string;
  /** The same function as for one item alone, with its own records. */
  act(
    context: OperatorContext,
    given: { readonly reason: string; readonly approved?: ApprovedNames | undefined },
  ): Promise<ItemOutcome>;
}

/** What is to be done, before it is. */
export interface BulkPlan {
  readonly wanted: BulkWanted;
  readonly action: BulkAction;
  /** In words, such as `retry: 12 × order, ship`. */
  readonly title: string;
  readonly items: readonly BulkItem[];
  /** The money at risk, by currency; empty if nothing tells it. */
  readonly value: readonly Money[];
  /** Processes that do not tell what they are worth. */
  readonly unvalued: number;
  /** Whether there are more than one bulk takes. */
  readonly more: boolean;
}

/**
 * Plans a bulk. It changes nothing.
 *
 * @throws OperatorError `nothing-to-do`
 */
export async function planBulk(context: OperatorContext, wanted: BulkWanted): Promise<BulkPlan> {
  const planned = await (wanted.kind === 'decide'
    ? planDecisions(context, wanted)
    : planDeadLetters(context, wanted));
  const plan = { wanted, action: `bulk.${wanted.kind}` as const, ...planned };
  if (plan.items.length === 0)
    throw new OperatorError(
      'nothing-to-do',
      `${plan.title}: there is none ${plan.more ? 'among the first that were looked at' : '(any more)'}`,
    );
  return plan;
}

type Planned = Omit<BulkPlan, 'wanted' | 'action'>;

/** Each decision answers the question that its process asks now: one that asks something else by then is refused. */
async function planDecisions(
  context: OperatorContext,
  { workflow, what, cause, decision }: Extract<BulkWanted, { kind: 'decide' }>,
): Promise<Planned> {
  const { stuck, more } = await stuckSagas(context, MOST_ASKED);
  const group = groupsOfStuck(stuck).find(
    (each) => each.workflow === workflow && each.what === what && each.cause === cause,
  );
  const asking = (group?.stuck ?? []).filter(
    ({ asked }) => asked.kind === 'asks' && asked.question.decisions.includes(decision),
  );
  const items = asking.flatMap(({ saga: { workflowId, runId }, asked }): BulkItem[] => {
    if (asked.kind !== 'asks') return [];
    const seen = { runId, what: asked.question.what, since: asked.question.since };
    return [
      {
        target: workflowId,
        identity: JSON.stringify([workflowId, seen.runId, seen.what, seen.since]),
        act: async (as, { reason, approved }) => {
          const made = await decide(as, workflowId, { decision, reason, seen, approved });
          return made.kind === 'requested' ? 'requested' : 'done';
        },
      },
    ];
  });
  const title = `${decision}: ${items.length} × ${workflow}, ${what}`;
  const unvalued = asking.filter(({ asked }) => asked.kind === 'asks' && !asked.question.value).length;
  return { title, items, value: moneyAtRisk(asking), unvalued, more };
}

/** A redrive or a discard of the open dead letters of a filter, the oldest first. */
async function planDeadLetters(
  context: OperatorContext,
  { kind, ...filter }: Extract<BulkWanted, { kind: 'redrive' | 'discard' }>,
): Promise<Planned> {
  const parts = await context.deadLetters();
  const { open, more } = await openDeadLetters(parts, filter);
  const items = open.map((sequence): BulkItem => {
    const target = deadLetterTarget(sequence);
    return {
      ...{ target, identity: target },
      act: async (as, { reason }) => {
        await (kind === 'redrive'
          ? redriveOnRecord(as, sequence, { why: reason })
          : discardOnRecord(as, sequence, reason));
        return 'done';
      },
    };
  });
  const of = [filter.reason, filter.context, filter.key].filter(Boolean).join(', ');
  const title = `${kind}: ${items.length} dead letters${of === '' ? '' : ` of ${of}`}`;
  return { title, items, value: [], unvalued: 0, more };
}

/** A page looks at 2,000 dead letters, closed ones too: where many are closed, a bulk needs several pages. */
async function openDeadLetters(
  parts: DeadLetterParts,
  filter: Pick<Parameters<typeof listDeadLetters>[1], 'reason' | 'context' | 'key'>,
): Promise<{ readonly open: readonly number[]; readonly more: boolean }> {
  const open: number[] = [];
  let cursor: number | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await listDeadLetters(parts, {
      ...filter,
      cursor,
      order: 'oldest',
      limit: MOST_ITEMS - open.length,
    });
    open.push(...page.items.map(({ sequence }) => sequence));
    cursor = page.next;
    if (cursor === undefined || open.length === MOST_ITEMS) break;
  }
  return { open, more: cursor !== undefined };
}
