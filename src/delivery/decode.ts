import type { Catalogue, Decoding } from '../contracts';
import { decodePublished, redriveIn } from '../contracts';
import type { Delivery } from './ports';

/** A delivery as a domain event, marked where a redrive has brought it, or the reason why it is none. Pure. */
export function decode(
  delivery: Pick<Delivery, 'subject' | 'headers' | 'body'>,
  catalogue: Catalogue,
): Decoding {
  const decoding = decodePublished(delivery, catalogue);
  const redrive = redriveIn(delivery.headers);
  return decoding.ok && redrive !== undefined
    ? { ...decoding, event: { ...decoding.event, redrive } }
    : decoding;
}
