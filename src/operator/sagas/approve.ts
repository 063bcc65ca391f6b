/** Decisions that need two people: the first one makes a request, which the second one approves. */
import { z } from 'zod';
import type { Saga } from '../../adapters/temporal';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { openRequest } from '../requests';
import { DECIDE_ACTION } from './decide';
import { existingSaga } from './find';
import { makeDecision } from './make-decision';
import { pendingQuestion } from './pending';
import { DECISIONS } from './question';
import type { Decided } from './record';

const request = z.object({
  decision: z.enum(DECISIONS),
  reason: z.string().optional(),
  runId: z.string(),
  what: z.string(),
  since: z.string(),
  again: z.boolean(),
});

/**
 * Makes a decision that another person has requested.
 *
 * @param sequence of the request in the audit
 * @throws OperatorError if there is no such request, if this operator may not approve it, and those of a decision
 */
export async function approve(
  context: OperatorContext,
  sequence: number,
): Promise<{ readonly saga: Saga; readonly decided: Decided }> {
  const auditing = context.auditing.approving();
  const requested = await openRequest(context, sequence, [DECIDE_ACTION]);
  const { again, ...wanted } = request.parse(JSON.parse(requested.details));
  const { saga } = await existingSaga(context, requested.target);
  const { question, past } = await pendingQuestion(context, saga, { ...wanted, again });
  if (saga.runId !== wanted.runId || question.since !== wanted.since || question.what !== wanted.what) {
    throw new OperatorError('not-stuck', `${saga.workflowId} asks something else by now: decide anew`);
  }
  const about = { action: DECIDE_ACTION, target: saga.workflowId, details: { ...wanted, request: sequence } };
  const decided = await auditing.change(about, async ({ by: approvedBy }) => {
    const { audit: approval } = await auditing.append({
      ...{ kind: 'approval', action: DECIDE_ACTION, target: saga.workflowId, refersTo: sequence },
    });
    const names = { by: requested.actor, audit: sequence, approvedBy, approval };
    return makeDecision(context, saga, past, { ...wanted, ...names });
  });
  return { saga, decided };
}
