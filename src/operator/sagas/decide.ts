import type { Saga } from '../../adapters/temporal';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { existingSaga } from './find';
import { makeDecision } from './make-decision';
import { pendingQuestion } from './pending';
import type { DecisionKind } from './question';
import type { Decided } from './record';

/** How the audit names a decision, and the request of one. */
export const DECIDE_ACTION = 'sagas.decide';

export interface WantedDecision {
  readonly decision: DecisionKind;
  readonly reason?: string | undefined;
  /** Although it was decided before: that decision has not arrived. */
  readonly again?: boolean | undefined;
  /** The run, the subject and the time of the question that the operator has seen; another one is not answered. */
  readonly seen?: { readonly runId: string; readonly what: string; readonly since: string } | undefined;
  /** The two people, if it is part of a bulk that another person has approved: no further approval is needed. */
  readonly approved?: ApprovedNames | undefined;
}

/** Who has requested a decision and who has approved it, each with the sequence of the record in the audit. */
export interface ApprovedNames {
  readonly by: string;
  readonly audit: number;
  readonly approvedBy: string;
  readonly approval: number;
}

/** What a request for a second person has on record. */
export interface DecisionRequest {
  readonly decision: DecisionKind;
  readonly reason?: string | undefined;
  readonly runId: string;
  readonly what: string;
  readonly since: string;
  readonly again: boolean;
}

export type DecisionMade =
  | { readonly kind: 'decided'; readonly saga: Saga; readonly decided: Decided }
  /** Nothing is decided: another person approves the request, by its number in the audit. */
  | {
      readonly kind: 'requested';
      readonly saga: Saga;
      readonly request: number;
      readonly by: string;
      readonly wanted: DecisionRequest;
    };

/**
 * Tells a stuck saga what to do. The decision is recorded first, behind the last known one: if two people decide at once, one of
 * them is refused. So no decision can answer a question that its author has not seen. Where the question needs two people, this
 * is a request that another one approves.
 *
 * @throws OperatorError `no-reason`, and those of the question and its delivery
 */
export async function decide(
  context: OperatorContext,
  workflowId: string,
  { decision, reason, again = false, seen, approved }: WantedDecision,
): Promise<DecisionMade> {
  if (decision !== 'retry' && !reason?.trim())
    throw new OperatorError('no-reason', `${decision} needs a reason, for whoever asks later`);
  const { saga } = await existingSaga(context, workflowId);
  const { question, past } = await pendingQuestion(context, saga, { decision, again });
  const wanted = { decision, reason, runId: saga.runId, what: question.what, since: question.since };
  if (seen && (seen.runId !== wanted.runId || seen.since !== wanted.since || seen.what !== wanted.what))
    throw new OperatorError('not-stuck', `${workflowId} asks something else by now: look again`);
  if (question.fourEyes && decision !== 'retry' && !approved) {
    const { by, audit } = await context.auditing.append({
      ...{ kind: 'request', action: DECIDE_ACTION, target: workflowId, details: { ...wanted, again } },
    });
    return { kind: 'requested', saga, request: audit, by, wanted: { ...wanted, again } };
  }
  const details = { ...wanted, request: approved?.audit };
  const about = { action: DECIDE_ACTION, target: workflowId, details };
  const decided = await context.auditing.change(about, (by) =>
    makeDecision(context, saga, past, { ...wanted, ...(approved ?? by) }),
  );
  return { kind: 'decided', saga, decided };
}
