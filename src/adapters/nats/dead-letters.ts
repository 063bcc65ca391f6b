import type { JetStreamClient } from 'nats';
import { headers } from 'nats';
import type { DeadLetter, DeadLetters } from '../../bridge';
import { publishConfirmed } from './publish';

/** Headers of a dead letter. Those of the event travel inside one of them: copied, some would act on the publish. */
export const DEAD_LETTER_HEADERS = {
  reason: 'Sagaline-Reason',
  detail: 'Sagaline-Detail',
  path: 'Sagaline-Path',
  route: 'Sagaline-Route',
  subject: 'Sagaline-Subject',
  stream: 'Sagaline-Stream',
  sequence: 'Sagaline-Sequence',
  attempts: 'Sagaline-Attempts',
  storedAt: 'Sagaline-Stored-At',
  buriedAt: 'Sagaline-Buried-At',
  originalHeaders: 'Sagaline-Original-Headers',
} as const;

/** A detail is for a person; more than this is noise. */
const MAX_DETAIL = 1_024;

export function createDeadLetters(jetstream: JetStreamClient, clock: () => Date): DeadLetters {
  return {
    publish: async (letter) => {
      const { stream, sequence, body } = letter.delivery;
      await publishConfirmed(jetstream, {
        subject: deadLetterSubject(letter),
        body,
        headers: headersOf(letter, clock()),
        messageId: `${stream}.${sequence}.${letter.route ?? ''}`,
      });
    },
  };
}

/** `dlq.<reason>.<context>.<key>`, its tokens taken from the event's subject: the body may not be readable. */
function deadLetterSubject({ rejection, delivery }: DeadLetter): string {
  const [, context = 'unknown', , , key = 'unknown'] = delivery.subject.split('.');
  return `dlq.${rejection.reason}.${context}.${key}`;
}

function headersOf({ rejection, delivery, route }: DeadLetter, now: Date) {
  const head = headers();
  const { reason, detail, path } = rejection;
  const names = DEAD_LETTER_HEADERS;
  head.set(names.reason, reason);
  head.set(names.detail, headerText(detail));
  if (path !== undefined) head.set(names.path, headerText(path));
  if (route !== undefined) head.set(names.route, route);
  head.set(names.subject, headerText(delivery.subject));
  head.set(names.stream, delivery.stream);
  head.set(names.sequence, String(delivery.sequence));
  head.set(names.attempts, String(delivery.deliveryCount));
  head.set(names.storedAt, delivery.storedAt.toISOString());
  head.set(names.buriedAt, now.toISOString());
  head.set(names.originalHeaders, Buffer.from(JSON.stringify(delivery.headers)).toString('base64'));
  return head;
}

/** Percent-encoded where it is not plain ASCII, so that no text of a stranger can break the headers. */
function headerText(text: string): string {
  return text.slice(0, MAX_DETAIL).replace(/[^\x20-\x7e]|%/gu, (character) => encodeSafely(character));
}

/** Half of a surrogate pair, left over by the cut or sent by a stranger, has no encoding. */
function encodeSafely(character: string): string {
  return /^[\ud800-\udfff]$/.test(character) ? '%EF%BF%BD' : encodeURIComponent(character);
}
