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
  /** How many of the event's headers had no room here; absent when all are there. */
  omittedHeaders: 'Sagaline-Omitted-Headers',
} as const;

/** A detail is for a person; more than this is noise. In bytes, as encoded. */
const MAX_TEXT = 1_024;
/** The letter must fit where its event did: the streams differ by 64 KiB, this is a third more as base64. */
const MAX_ORIGINAL_HEADERS = 40 * 1_024;
/** Of a token of the subject; a correlation key is no longer. */
const MAX_TOKEN = 64;

export function createDeadLetters(jetstream: JetStreamClient, clock: () => Date): DeadLetters {
  return {
    publish: async (letter) => {
      const { stream, sequence, body } = letter.delivery;
      await publishConfirmed(jetstream, {
        subject: deadLetterSubject(letter),
        body,
        headers: headersOf(letter, clock()),
        messageId: `${stream}.${sequence}.${headerText(letter.route ?? '')}`,
      });
    },
  };
}

/**
 * `dlq.<reason>.<context>.<key>`, its tokens taken from the event's subject: the body may not be readable. A stranger's
 * subject may be kilobytes long or contain a wildcard; what is not a token of ours becomes `_`.
 */
function deadLetterSubject({ rejection, delivery }: DeadLetter): string {
  const [, context = 'unknown', , , key = 'unknown'] = delivery.subject.split('.').map(token);
  return `dlq.${rejection.reason}.${context}.${key}`;
}

function token(text: string): string {
  return text.slice(0, MAX_TOKEN).replace(/[^A-Za-z0-9_-]/g, '_');
}

function headersOf({ rejection, delivery, route }: DeadLetter, now: Date) {
  const head = headers();
  const { reason, detail, path } = rejection;
  const names = DEAD_LETTER_HEADERS;
  head.set(names.reason, reason);
  head.set(names.detail, headerText(detail));
  if (path !== undefined) head.set(names.path, headerText(path));
  if (route !== undefined) head.set(names.route, headerText(route));
  head.set(names.subject, headerText(delivery.subject));
  head.set(names.stream, delivery.stream);
  head.set(names.sequence, String(delivery.sequence));
  head.set(names.attempts, String(delivery.deliveryCount));
  head.set(names.storedAt, delivery.storedAt.toISOString());
  head.set(names.buriedAt, now.toISOString());
  const kept = headersThatFit(delivery.headers);
  head.set(names.originalHeaders, Buffer.from(JSON.stringify(Object.fromEntries(kept))).toString('base64'));
  const omitted = Object.keys(delivery.headers).length - kept.length;
  if (omitted > 0) head.set(names.omittedHeaders, String(omitted));
  return head;
}

/** In their order, without those that would make the letter larger than the stream takes. */
function headersThatFit(headers: DeadLetter['delivery']['headers']): [string, readonly string[]][] {
  let room = MAX_ORIGINAL_HEADERS;
  return Object.entries(headers).filter((entry) => {
    const size = Buffer.byteLength(JSON.stringify(entry));
    if (size > room) return false;
    room -= size;
    return true;
  });
}

/** Percent-encoded where it is not plain ASCII, so that no text of a stranger can break the headers. */
function headerText(text: string): string {
  let encoded = '';
  for (const character of text.slice(0, MAX_TEXT)) {
    const next = /^[\x20-\x24\x26-\x7e]$/.test(character)
      ? character
      : encodeURIComponent(wellFormed(character));
    if (encoded.length + next.length > MAX_TEXT) break;
    encoded += next;
  }
  return encoded;
}

/** Half of a surrogate pair, left over by the cut or sent by a stranger, has no encoding. */
function wellFormed(character: string): string {
  return /^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character;
}
