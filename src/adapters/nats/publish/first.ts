import type { JetStreamClient } from 'nats';
import { headers } from 'nats';
import type { OutgoingEvent, StoredMessage, StreamReader } from '../../../contracts';
import { isConflict } from './operations';
import type { PublishReceipt, PublishSignatures } from './publish';
import { EventConflictError, NotPublishedError } from './not-published';
import { eventHeaders, messageIdOf, nextMessageId, publishConfirmed } from './publish';
import { storedUnder } from './same-event';

/** The first event of its subject: this one, or one that was there before. */
export type First =
  | { readonly kind: 'published'; readonly receipt: PublishReceipt }
  | { readonly kind: 'earlier'; readonly message: StoredMessage };

/**
 * Publishes an event unless its subject already has one. If several calls run at once, one publishes; the others
 * resolve to its event.
 *
 * @param counts whether a message of the subject counts as an event; a malformed one does not
 * @throws NotPublishedError
 */
export type PublishFirst = (event: OutgoingEvent, counts: Counts) => Promise<First>;

type Counts = (message: StoredMessage) => boolean;

/** The most messages of one subject to read. A subject has one message, unless other clients publish to it. */
const LOOKED_AT = 100;
/** A try fails when another message overtakes it; the next try finds that message. */
const TRIES = 5;

/**
 * Creates the function that publishes the first event of a subject.
 *
 * @param stream the event stream
 */
export function createFirstPublisher(
  jetstream: JetStreamClient,
  stream: StreamReader,
  { sign, checkSignature }: PublishSignatures = {},
): PublishFirst {
  return async (event, counts) => {
    const stored = storedSubject(event.subject);
    let messageId = messageIdOf(event);
    let conflict: unknown;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { found, last } = await look(stream, stored, counts);
      if (found) return { kind: 'earlier', message: found };
      const head = headers();
      for (const [name, value] of Object.entries(await eventHeaders(event, sign))) head.set(name, value);
      try {
        const message = { ...event, headers: head, messageId, expectedLast: last };
        const receipt = await publishConfirmed(jetstream, message);
        if (!receipt.duplicate) return { kind: 'published', receipt };
        const under = await storedUnder(jetstream, receipt, event, checkSignature);
        if (under === 'same') return { kind: 'published', receipt };
        if (under === 'stranger') messageId = nextMessageId(messageId, receipt);
        // If the other event has this subject, the next look finds it.
        conflict = new EventConflictError(event.subject, receipt);
      } catch (error) {
        if (!isConflict(error)) throw error;
        // Another message was first. The stream has not refused this one for good: it may be stored at the next
        // attempt.
        conflict = new NotPublishedError(event.subject, 'unconfirmed', { cause: error });
      }
    }
    throw conflict;
  };
}

/** The subject in the stream, which puts the partition in front. */
function storedSubject(subject: string): string {
  return ['p', '*', ...subject.split('.').slice(1)].join('.');
}

async function look(
  stream: StreamReader,
  subject: string,
  counts: Counts,
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
