import type { Catalogue, Decoding } from '../contracts';
import { decodePublished, redriveIn } from '../contracts';
import type { Delivery } from './ports';

/** Decodes a delivery: the domain event, with its redrive if it has one, or the reason of a refusal. Pure. */
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
