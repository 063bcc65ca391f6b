import type { Catalogue } from '../model/catalogue';
import type { Decoding } from './decode';
import { decodeEvent } from './decode';
import { parseEventType } from '../names/event-type';
import { parseSubject } from '../names/subject';

/** A message as a client published it. */
export interface PublishedMessage {
  readonly subject: string;
  /** Header names as they came; a repeated header has several values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
}

/**
 * Decodes a published message, and checks that its body agrees with its subject. Returns the domain event, or the
 * reason of a refusal. Pure.
 */
export function decodePublished(message: PublishedMessage, catalogue: Catalogue): Decoding {
  const decoding = decodeEvent({ headers: lowerCased(message.headers), body: message.body }, catalogue);
  return decoding.ok ? agreeing(decoding, message.subject) : decoding;
}

function agreeing(decoding: Extract<Decoding, { ok: true }>, text: string): Decoding {
  const subject = parseSubject(text);
  const { event, published } = decoding;
  const type = parseEventType(published.type);
  const version = `v${type?.major ?? ''}`;
  if (
    !subject ||
    subject.context !== type?.context ||
    subject.fact !== type.fact ||
    subject.version !== version
  ) {
    return mismatch(`subject ${text} is not that of ${published.type}`, 'type');
  }
  if (subject.key !== event.key) {
    return mismatch(`the subject's key is "${subject.key}", the data says "${event.key}"`, 'data');
  }
  return decoding;
}

function mismatch(detail: string, path: string): Decoding {
  return { ok: false, rejection: { reason: 'subject-mismatch', detail, path } };
}

/** The headers as {@link decodeEvent} takes them: lower-case names, and the first value of each. */
export function lowerCased(headers: PublishedMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values[0] ?? '']),
  );
}
