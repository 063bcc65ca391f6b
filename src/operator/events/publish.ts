import type { PublishReceipt } from '../../adapters/nats';
import { MAX_EVENT_BYTES } from '../../contracts';
import type { OperatorContext } from '../context';
import type { CheckedEvent } from './checked-event';
import { invalid } from './checked-event';

/**
 * Publishes an event by hand, on record.
 *
 * @throws OperatorError `invalid-event` if it is too large, and those of the audit; NotPublishedError, EventConflictError
 */
export async function publishOnRecord(
  context: Pick<OperatorContext, 'auditing' | 'publisher'>,
  { event: { id, source }, outgoing }: CheckedEvent,
  { reason }: { readonly reason?: string | undefined } = {},
): Promise<PublishReceipt> {
  const { byteLength } = outgoing.body;
  if (byteLength > MAX_EVENT_BYTES)
    throw invalid(`the event has ${byteLength} bytes, at most ${MAX_EVENT_BYTES} are allowed`, 'too-large');
  const publish = await context.publisher();
  return context.auditing.change(
    { action: 'events.publish', target: outgoing.subject, details: { source, id, reason } },
    () => publish(outgoing),
    ({ sequence, duplicate }) => ({ event: sequence, duplicate }),
  );
}
