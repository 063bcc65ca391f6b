/** Requests for a second person, in the audit. */
import type { AuditRecord } from '../security/audit';
import { findAuditRecord } from '../security/audit';
import type { OperatorContext } from './context';
import { OperatorError } from './error';

/** The second person is at work within a day; an older request may be about what has been settled since. */
export const REQUEST_MS = 24 * 60 * 60_000;

/**
 * Finds a request that this operator may approve.
 *
 * @param sequence of the request in the audit
 * @throws OperatorError if there is no such request, or this operator may not approve it
 */
export async function openRequest(
  { auditing, database }: Pick<OperatorContext, 'auditing' | 'database'>,
  sequence: number,
  actions: readonly string[],
): Promise<AuditRecord> {
  const operator = await auditing.approving().operator();
  const found = await findAuditRecord(database(), sequence);
  if (found?.record.kind !== 'request' || !actions.includes(found.record.action))
    throw new OperatorError('unknown-request', `record ${sequence} of the audit is not such a request`);
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
