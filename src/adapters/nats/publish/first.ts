import type { JetStreamClient } from 'nats';
import { headers } from 'nats';
import type { OutgoingEvent, StoredMessage, StreamReader } from '../../../contracts';
import { storedIn } from '../../../contracts';
import { isConflict } from './operations';
import type { PublishReceipt, PublishSignatures } from './publish';
import { EventConflictError, NotPublishedError } from './not-published';
import { messageIdsOf } from './message-ids';
import { eventHeaders, publishConfirmed } from './publish';
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

/**
 * A subject has one message, unless other clients publish to it. However many they are, they are read one by one; a
 * caller waits this long for it. The next call goes on from there.
 */
const LOOKS_MS = 8_000;
/** Subjects whose reading is to go on. */
const REMEMBERED = 1_000;
/** A try fails when another message overtakes it, and the next look does not find that message. */
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
  now: () => number = Date.now,
): PublishFirst {
  const places = createPlaces();
  return async (event, counts) => {
    const subject = storedSubject(event.subject);
    const messageIds = messageIdsOf(event);
    const deadline = now() + LOOKS_MS;
    let last = places.take(subject);
    let conflict: NotPublishedError = new NotPublishedError(event.subject, 'unconfirmed', {});
    for (let tries = 0; tries < TRIES; tries++) {
      const look = await lookFrom(last, { stream, subject, counts, isLate: () => now() >= deadline });
      if (look.kind === 'found') return { kind: 'earlier', message: look.message };
      if (look.kind === 'late') {
        places.keep(subject, look.last);
        const cause = new Error('the subject has too many messages of others to read them at once');
        throw new NotPublishedError(event.subject, 'unconfirmed', { cause });
      }
      // However many others publish to the subject, it goes on as long as there is time.
      if (look.last > last) tries = 0;
      last = look.last;
      const head = headers();
      for (const [name, value] of Object.entries(await eventHeaders(event, sign))) head.set(name, value);
      try {
        const messageId = messageIds.current();
        const message = { ...event, headers: head, messageId, expectedLast: last };
        const receipt = await publishConfirmed(jetstream, message);
        if (!receipt.duplicate) return { kind: 'published', receipt };
        const under = await storedUnder(jetstream, receipt, event, checkSignature);
        if (under === 'same') return { kind: 'published', receipt };
        if (under === 'stranger') {
          messageIds.skip(receipt);
          tries = 0;
        }
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

type Look =
  | { readonly kind: 'found'; readonly message: StoredMessage }
  /** Nothing counts, up to this last message of the subject; 0 if it has none. */
  | { readonly kind: 'end'; readonly last: number }
  | { readonly kind: 'late'; readonly last: number };

interface Looking {
  readonly stream: StreamReader;
  readonly subject: string;
  readonly counts: Counts;
  readonly isLate: () => boolean;
}

async function lookFrom(after: number, { stream, subject, counts, isLate }: Looking): Promise<Look> {
  let last = after;
  for (;;) {
    const message = await stream.next(subject, last + 1);
    if (!message) return { kind: 'end', last };
    if (counts(message)) return { kind: 'found', message };
    last = message.sequence;
    if (isLate()) return { kind: 'late', last };
  }
}

/** Where the reading of a subject goes on. A place is used once: messages may have been removed since. */
function createPlaces() {
  const places = new Map<string, number>();
  return {
    take: (subject: string): number => {
      const place = places.get(subject) ?? 0;
      places.delete(subject);
      return place;
    },
    keep: (subject: string, sequence: number) => {
      const [oldest] = places.keys();
      if (places.size >= REMEMBERED && oldest !== undefined) places.delete(oldest);
      places.set(subject, sequence);
    },
  };
}

function storedSubject(subject: string): string {
  return subject.replace(/^evt/, storedIn.anywhere);
}
