import type { JetStreamClient } from 'nats';
import { headers } from 'nats';
import type { DeadLetter, DeadLetters } from '../../../delivery';
import { DEAD_LETTER_HEADERS, deadLetterHeaders, deadLetterSubject, headerText } from '../../../contracts';
import { publishConfirmed } from '../publish/publish';

/** The dead letter must fit where its event did: the streams differ by 64 KiB, this is a third more as base64. */
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

/** Where in the stream the event stands, and its own headers: copied as they are, some would act on the publish. */
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

/** In their order, without those that would make the dead letter larger than the stream takes. */
function headersThatFit(headers: DeadLetter['delivery']['headers']): [string, readonly string[]][] {
  let room = MAX_ORIGINAL_HEADERS;
  return Object.entries(headers).filter((entry) => {
    const size = Buffer.byteLength(JSON.stringify(entry));
    if (size > room) return false;
    room -= size;
    return true;
  });
}
