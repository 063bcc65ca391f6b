import type { JetStreamClient } from 'nats';
import { headers } from 'nats';
import type { OutgoingEvent, StoredMessage, StreamReader } from '../../../contracts';
import { STRUCTURED_CONTENT_TYPE } from '../../../contracts';
import { isConflict } from './operations';
import type { PublishReceipt } from './publish';
import { EventConflictError, NotPublishedError } from './not-published';
import { messageIdOf, nextMessageId, publishConfirmed } from './publish';
import { storedUnder } from './same-event';

/** What is the first event of its subject: this one, or one that was there before. */
export type First =
  | { readonly kind: 'published'; readonly receipt: PublishReceipt }
  | { readonly kind: 'earlier'; readonly message: StoredMessage };

/**
 * Publishes an event unless its subject has one already. Of several at once one is published, and the others are told which.
 *
 * @param counts whether a message of the subject is one; a malformed one is not
 * @throws NotPublishedError
 */
export type PublishFirst = (
  event: OutgoingEvent,
  counts: (message: StoredMessage) => boolean,
) => Promise<First>;

/** Messages of one subject that are looked at: it has one, unless strangers publish to it. */
const LOOKED_AT = 100;
/** Each try was overtaken by somebody else's message, which the next one finds. */
const TRIES = 5;

/** @param stream the events */
export function createFirstPublisher(jetstream: JetStreamClient, stream: StreamReader): PublishFirst {
  return async (event, counts) => {
    const stored = storedSubject(event.subject);
    let messageId = messageIdOf(event);
    let conflict: unknown;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { found, last } = await look(stream, stored, counts);
      if (found) return { kind: 'earlier', message: found };
      const head = headers();
      head.set('Content-Type', STRUCTURED_CONTENT_TYPE);
      try {
        const message = { ...event, headers: head, messageId, expectedLast: last };
        const receipt = await publishConfirmed(jetstream, message);
        if (!receipt.duplicate) return { kind: 'published', receipt };
        const under = await storedUnder(jetstream, receipt, event);
        if (under === 'same') return { kind: 'published', receipt };
        if (under === 'stranger') messageId = nextMessageId(messageId, receipt);
        // Of this subject, it is found at the next look.
        conflict = new EventConflictError(event.subject, receipt);
      } catch (error) {
        if (!isConflict(error)) throw error;
        // It was overtaken, and may be stored at the next attempt: the stream has not refused it for good.
        conflict = new NotPublishedError(event.subject, 'unconfirmed', { cause: error });
      }
    }
    throw conflict;
  };
}

/** The stream has put the partition in front. */
function storedSubject(subject: string): string {
  return ['p', '*', ...subject.split('.').slice(1)].join('.');
}

async function look(
  stream: StreamReader,
  subject: string,
  counts: (message: StoredMessage) => boolean,
): Promise<{ found?: StoredMessage; last: number }> {
  let last = 0;
  for (let looked = 0; looked < LOOKED_AT; looked++) {
    const message = await stream.next(subject, last + 1);
    if (!message) break;
    if (counts(message)) return { found: message, last };
    last = message.sequence;
  }
  return { last };
}
