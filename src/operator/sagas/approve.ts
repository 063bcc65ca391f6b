/** Decisions that need two people: the first one makes a request, which the second one approves. */
import { z } from 'zod';
import type { Saga } from '../../adapters/temporal';
import type { AuditRecord } from '../../security/audit';
import { findAuditRecord } from '../../security/audit';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { DECIDE_ACTION } from './decide';
import { existingSaga } from './find';
import { makeDecision } from './make-decision';
import { pendingQuestion } from './pending';
import { DECISIONS } from './question';
import type { Decided } from './record';

/** The second person is at work within a day; an older request may be about what has been settled since. */
const REQUEST_MS = 24 * 60 * 60_000;

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
  const { auditing } = context;
  const requested = await openRequest(context, sequence);
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

/** @throws OperatorError if there is no such request, or this operator may not approve it */
async function openRequest(context: OperatorContext, sequence: number): Promise<AuditRecord> {
  const operator = await context.auditing.operator();
  const found = await findAuditRecord(context.database(), sequence);
  if (found?.record.kind !== 'request' || found.record.action !== DECIDE_ACTION)
    throw new OperatorError('unknown-request', `record ${sequence} of the audit is not a request`);
  const { record, answer } = found;
  if (answer)
    throw new OperatorError('decided-already', `${answer.actor} has approved it at ${answer.recordedAt}`);
  if (record.actor === operator.name)
    throw new OperatorError(
      'same-person',
      `${operator.name} has made the request: another person approves it`,
    );
  if (operator.verified && !record.verified)
    throw new OperatorError(
      'unverified-request',
      `no token has proved that ${record.actor} has made the request`,
    );
  if (Date.parse(record.recordedAt) < Date.now() - REQUEST_MS)
    throw new OperatorError(
      'expired',
      `the request of ${record.recordedAt} is older than a day: decide anew`,
    );
  return record;
}
