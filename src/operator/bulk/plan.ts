import type { DeadLetterParts } from '../../dead-letters';
import { listDeadLetters } from '../../dead-letters';
import type { OperatorContext } from '../context';
import { deadLetterTarget, discardOnRecord, redriveOnRecord } from '../dead-letters/actions';
import { OperatorError } from '../error';
import { decide } from '../sagas/decide';
import type { DecisionKind } from '../sagas/question';
import { stuckSagas } from '../sagas/stuck';
import { groupsOfStuck } from '../sagas/stuck-groups';

/** Items of one bulk: more are another bulk, after a look at what became of these. */
const MOST_ITEMS = 1_000;
/** Processes that are asked for one plan: each answer takes a worker some milliseconds. */
const MOST_ASKED = 500;

/** What one item has come to. A request waits for a second person. */
export type ItemOutcome = 'done' | 'requested';

export interface BulkItem {
  /** As the audit names it: `dead-letter 17`, a workflow id. */
  readonly target: string;
  /** The same function as for one item alone, with its own records. */
  act(context: OperatorContext, reason: string): Promise<ItemOutcome>;
}

/** What is to be done, before it is. */
export interface BulkPlan {
  /** For the audit: `bulk.decide`. */
  readonly action: `bulk.${'decide' | 'redrive' | 'discard'}`;
  /** In words, such as `retry: 12 × order, ship`. */
  readonly title: string;
  readonly items: readonly BulkItem[];
  /** Whether there are more than one bulk takes. */
  readonly more: boolean;
}

/**
 * Plans one decision about all processes that ask the same thing for the same cause. Each answers the question that it
 * asks now: one that asks something else by then is refused.
 */
export async function planDecisions(
  context: OperatorContext,
  wanted: {
    readonly workflow: string;
    readonly what: string;
    readonly cause: string;
    readonly decision: DecisionKind;
  },
): Promise<BulkPlan> {
  const { stuck, more } = await stuckSagas(context, MOST_ASKED);
  const group = groupsOfStuck(stuck).find(
    ({ workflow, what, cause }) =>
      workflow === wanted.workflow && what === wanted.what && cause === wanted.cause,
  );
  const items = (group?.stuck ?? []).flatMap(({ saga, asked }): BulkItem[] => {
    if (asked.kind !== 'asks' || !asked.question.decisions.includes(wanted.decision)) return [];
    const { what, since } = asked.question;
    const seen = { runId: saga.runId, what, since };
    const { decision } = wanted;
    return [
      {
        target: saga.workflowId,
        act: async (as, reason) => {
          const made = await decide(as, saga.workflowId, { decision, reason, seen });
          return made.kind === 'requested' ? 'requested' : 'done';
        },
      },
    ];
  });
  const title = `${wanted.decision}: ${items.length} × ${wanted.workflow}, ${wanted.what}`;
  return planned({ action: 'bulk.decide', title, items, more });
}

type Filter = Pick<Parameters<typeof listDeadLetters>[1], 'reason' | 'context' | 'key'>;

/** Plans a redrive or a discard of the open dead letters of a filter, the oldest first. */
export async function planDeadLetters(
  parts: DeadLetterParts,
  filter: Filter,
  action: 'redrive' | 'discard',
): Promise<BulkPlan> {
  const page = await listDeadLetters(parts, { ...filter, order: 'oldest', limit: MOST_ITEMS });
  const items = page.items.map(({ sequence }): BulkItem => ({
    target: deadLetterTarget(sequence),
    act: async (context, reason) => {
      await (action === 'redrive'
        ? redriveOnRecord(context, sequence, { why: reason })
        : discardOnRecord(context, sequence, reason));
      return 'done';
    },
  }));
  const of = [filter.reason, filter.context, filter.key].filter(Boolean).join(', ');
  const title = `${action}: ${items.length} dead letters${of === '' ? '' : ` of ${of}`}`;
  return planned({ action: `bulk.${action}`, title, items, more: page.next !== undefined });
}

function planned(plan: BulkPlan): BulkPlan {
  if (plan.items.length === 0)
    throw new OperatorError('nothing-to-do', `${plan.title}: there is none (any more)`);
  return plan;
}
