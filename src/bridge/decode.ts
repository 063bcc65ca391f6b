import type { Catalogue, Decoding } from '../contracts';
import { decodeEvent, parseEventType, parseSubject } from '../contracts';
import type { Delivery } from './ports';

/** A delivery as a domain event whose body agrees with its subject, or the reason why it is none. Pure. */
export function decode(
  delivery: Pick<Delivery, 'subject' | 'headers' | 'body'>,
  catalogue: Catalogue,
): Decoding {
  const decoding = decodeEvent({ headers: lowerCased(delivery.headers), body: delivery.body }, catalogue);
  return decoding.ok ? agreeing(decoding, delivery.subject) : decoding;
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

function lowerCased(headers: Delivery['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values[0] ?? '']),
  );
}
