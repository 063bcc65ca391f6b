import type { JetStreamClient } from 'nats';
import { NatsError } from 'nats';
import type { CheckSignature, StoredMessage } from '../../../contracts';
import { contentText, identityOf, lowerCased, originalSubject, readEnvelope } from '../../../contracts';
import type { OutgoingMessage } from './publish';
import { NotPublishedError } from './not-published';
import { NO_MESSAGE, storedMessage } from '../read/read';

/**
 * What the stream has under the message id of a publish. `same`: this event. `conflict`: another event with the same
 * identity. `stranger`: another message, for example of a publisher that sets its own message ids, or a message that
 * was removed since.
 */
export type Stored = 'same' | 'conflict' | 'stranger';

/**
 * Compares a message with the one that the stream has at this sequence.
 *
 * @param checkSignature if it refuses the stored message, that one is a stranger: no consumer takes it either
 * @throws NotPublishedError when the stored message cannot be read
 */
export async function storedUnder(
  jetstream: JetStreamClient,
  { stream, sequence }: { readonly stream: string; readonly sequence: number },
  message: OutgoingMessage,
  checkSignature?: CheckSignature,
): Promise<Stored> {
  const manager = await jetstream.jetstreamManager(false);
  try {
    const stored = storedMessage(stream, await manager.streams.getMessage(stream, { seq: sequence }));
    if (checkSignature && !message.headers && !isSigned(stored, message, checkSignature)) return 'stranger';
    return compare(stored, message);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return 'stranger';
    throw new NotPublishedError(message.subject, 'unconfirmed', { cause: error });
  }
}

function isSigned(
  stored: StoredMessage,
  { source }: OutgoingMessage,
  checkSignature: CheckSignature,
): boolean {
  const signature = checkSignature(stored);
  return signature.ok && signature.sourceProblem(source) === undefined;
}

function compare(stored: StoredMessage, message: OutgoingMessage): Stored {
  const isHere = originalSubject(stored.subject) === message.subject;
  if (isHere && Buffer.compare(stored.body, message.body) === 0) return 'same';
  // A dead letter of the outbox: its body is an event with an identity of its own.
  if (message.headers) return 'stranger';
  const [theirs, ours] = [envelopeOf(stored), envelopeOf({ body: message.body })];
  if (theirs?.identity === undefined || theirs.identity !== ours?.identity) return 'stranger';
  return isHere && theirs.content === ours.content ? 'same' : 'conflict';
}

function envelopeOf({ headers = {}, body }: Partial<StoredMessage> & Pick<StoredMessage, 'body'>) {
  const reading = readEnvelope({ headers: lowerCased(headers), body });
  if (!reading.ok || typeof reading.value !== 'object' || reading.value === null) return undefined;
  const { source, id, type, data } = reading.value as Record<'source' | 'id' | 'type' | 'data', unknown>;
  if (typeof source !== 'string' || typeof id !== 'string') return undefined;
  return { identity: identityOf({ source, id }), content: contentText({ type, data }) };
}
