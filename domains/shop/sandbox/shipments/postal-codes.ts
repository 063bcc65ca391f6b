import type { CallTrouble } from '../trouble';

/** The behaviour of a postal code; README.md describes them. */
export interface PostalCodeBehaviour extends CallTrouble {
  readonly refused?: true;
  /** The last state that the parcel reaches without a call; `delivered` when absent. */
  readonly ends?: 'booked' | 'dispatched' | 'lost';
  readonly cancelFails?: true;
  /** The webhook of the delivery comes first, then that of the dispatch, twice. */
  readonly outOfOrder?: true;
  /** The tracking number ends with U+0000, which is valid in JSON. */
  readonly nulInTrackingNumber?: true;
  /** Webhooks have times such as `2026-11-21T10:00:00.000+16:00`: valid by RFC 3339, but no place has that offset. */
  readonly strangeOffset?: true;
  /** The webhooks are sent with `content-encoding: gzip`. */
  readonly gzipWebhooks?: true;
}

export const POSTAL_CODES: Readonly<Record<string, PostalCodeBehaviour>> = {
  '00000': { refused: true },
  '00001': { ends: 'booked' },
  '00002': { ends: 'dispatched' },
  '00003': { ends: 'lost' },
  // Stays booked: after a dispatch the cancellation would be refused, and its failure could not be tested.
  '00004': { cancelFails: true, ends: 'booked' },
  '00005': { unavailable: 2 },
  '00006': { answerLost: true },
  '00007': { outOfOrder: true },
  '00008': { nulInTrackingNumber: true },
  '00009': { strangeOffset: true },
  '00010': { gzipWebhooks: true },
};

export function postalCodeBehaviour(postalCode: string | undefined): PostalCodeBehaviour {
  if (postalCode === undefined || !Object.hasOwn(POSTAL_CODES, postalCode)) return {};
  return POSTAL_CODES[postalCode] ?? {};
}

/** Whether the carrier refuses the article to every address. */
export function isTooBulky(sku: string): boolean {
  return sku.startsWith('BULKY-');
}
