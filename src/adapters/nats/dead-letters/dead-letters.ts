import type { JetStreamClient } from 'nats';
import { headers } from 'nats';
import type { DeadLetter, DeadLetters } from '../../../delivery';
import { DEAD_LETTER_HEADERS, deadLetterHeaders, deadLetterSubject, headerText } from '../../../contracts';
import { publishConfirmed } from '../publish/publish';

/**
 * The most bytes of the event's headers to keep. A dead letter must fit where its event did: the limits of the
 * streams differ by 64 KiB, and base64 adds a third.
 */
const MAX_ORIGINAL_HEADERS = 40 * 1_024;

export function createDeadLetters(jetstream: JetStreamClient, clock: () => Date): DeadLetters {
  return {
    publish: async ({ delivery, rejection, route }) => {
      const { stream, sequence, subject, body } = delivery;
      const head = headers();
      const own = deadLetterHeaders({ rejection, route, subject, deadLetteredAt: clock() });
      for (const [name, value] of Object.entries({ ...own, ...deliveryHeaders(delivery) }))
        head.set(name, value);
      await publishConfirmed(jetstream, {
        subject: deadLetterSubject({ rejection, subject }),
        body,
        headers: head,
        messageId: `${stream}.${sequence}.${headerText(route ?? '')}`,
      });
    },
  };
}

/**
 * The event's position in its stream, and its own headers, encoded: copied as they are, some would act on the
 * publish.
 */
function deliveryHeaders(delivery: DeadLetter['delivery']): Record<string, string> {
  const names = DEAD_LETTER_HEADERS;
  const kept = headersThatFit(delivery.headers);
  const omitted = Object.keys(delivery.headers).length - kept.length;
  return {
    [names.stream]: delivery.stream,
    [names.sequence]: String(delivery.sequence),
    [names.attempts]: String(delivery.deliveryCount),
    [names.storedAt]: delivery.storedAt.toISOString(),
    [names.originalHeaders]: Buffer.from(JSON.stringify(Object.fromEntries(kept))).toString('base64'),
    ...(omitted > 0 && { [names.omittedHeaders]: String(omitted) }),
  };
}

/** The headers in their order, without those that would make the dead letter too large for its stream. */
function headersThatFit(headers: DeadLetter['delivery']['headers']): [string, readonly string[]][] {
  let room = MAX_ORIGINAL_HEADERS;
  return Object.entries(headers).filter((entry) => {
    const size = Buffer.byteLength(JSON.stringify(entry));
    if (size > room) return false;
    room -= size;
    return true;
  });
}
