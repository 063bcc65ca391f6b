import type { Saga } from '../../adapters/temporal';
import { updateSaga } from '../../adapters/temporal';
import { DECIDE } from '../../contracts';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import type { Decided, PastDecisions } from './record';
import { recordDecision } from './record';

/**
 * Records a decision behind the last known one, and delivers it.
 *
 * @throws OperatorError `conflict` if another decision came first; `not-stuck` or `no-answer` if the saga has not taken
 * it
 */
export async function makeDecision(
  context: OperatorContext,
  saga: Saga,
  past: PastDecisions,
  decision: Omit<Decided, 'kind' | 'n' | 'at'>,
): Promise<Decided> {
  const { append, clock } = await context.deadLetters();
  const at = clock().toISOString();
  const recorded = await recordDecision(append, saga.workflowId, past, { ...decision, at });
  if (!recorded) {
    throw new OperatorError('conflict', `somebody else is deciding about ${saga.workflowId} at this moment`);
  }
  await deliver(context, saga, recorded);
  return recorded;
}

/**
 * Delivers the decision. The saga rejects an answer to a question that it has not asked; the name of the author goes into its
 * history.
 */
async function deliver(context: OperatorContext, saga: Saga, recorded: Decided): Promise<void> {
  const { decision: kind, reason, what: about, since, by, audit, approvedBy, approval } = recorded;
  const payload = { kind, reason, about, since, by, audit, approvedBy, approval };
  const answer = await updateSaga(await context.temporal(), saga, DECIDE, payload);
  switch (answer.kind) {
    case 'accepted':
      return;
    case 'closed':
      throw new OperatorError('not-stuck', `${saga.workflowId} has closed meanwhile: nothing was decided`);
    case 'refused':
      throw new OperatorError('not-stuck', `${saga.workflowId} has gone on meanwhile: ${answer.why}`);
    case 'silent':
      throw new OperatorError(
        'no-answer',
        `the decision is recorded, and nobody knows whether ${saga.workflowId} has it (${answer.why}): ` +
          'look again, and where it is still stuck decide with --again',
        'unknown',
      );
  }
}
