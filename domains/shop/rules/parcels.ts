import { EVENTS } from '../names';
import type { StockLine } from './allocation';

/**
 * The parcels of an order that is split over warehouses: each has its own state, and together they determine the order's
 * state.
 */

export type ParcelState =
  /** The carrier is booked. */
  | 'booked'
  | 'dispatched'
  | 'delivered'
  | 'lost'
  /** The carrier never fetched it; its booking was cancelled, and its stock is available again. */
  | 'unshipped';

export type ParcelNotification =
  typeof EVENTS.shipmentDispatched | typeof EVENTS.shipmentDelivered | typeof EVENTS.shipmentLost;
type ParcelInput = ParcelNotification | 'dispatch-overdue' | 'reshipped';

/** The transitions of a parcel. An input that is not listed changes nothing: notifications may be late or repeated. */
export const PARCEL_TRANSITIONS: Readonly<
  Record<ParcelState, Readonly<Partial<Record<ParcelInput, ParcelState>>>>
> = {
  booked: {
    [EVENTS.shipmentDispatched]: 'dispatched',
    // The notification of the dispatch may come later, or never.
    [EVENTS.shipmentDelivered]: 'delivered',
    [EVENTS.shipmentLost]: 'lost',
    'dispatch-overdue': 'unshipped',
  },
  dispatched: {
    [EVENTS.shipmentDelivered]: 'delivered',
    [EVENTS.shipmentLost]: 'lost',
  },
  delivered: {},
  // A lost parcel may be sent once more; from then on it is another parcel with the same contents.
  lost: { reshipped: 'booked' },
  unshipped: {},
};

export function afterInput(state: ParcelState, input: ParcelInput): ParcelState | undefined {
  return PARCEL_TRANSITIONS[state][input];
}

export function hasEnded(state: ParcelState): boolean {
  return state === 'delivered' || state === 'lost' || state === 'unshipped';
}

/** What happens to a lost parcel: it is sent once more at most, and only if the shop's settings ask for that. */
export function remedyFor({
  policy = 'refund',
  reshipped,
}: {
  readonly policy: 'refund' | 'reship' | undefined;
  readonly reshipped: boolean;
}): 'refund' | 'reship' {
  return reshipped ? 'refund' : policy;
}

/** The state of an order by its parcels, from the booking on. */
export function stateByParcels(states: readonly ParcelState[]) {
  if (states.every((state) => state === 'booked')) return 'awaiting-dispatch';
  if (!states.every(hasEnded)) return 'awaiting-delivery';
  return states.includes('delivered') ? 'completed' : 'refunded';
}

/** What the customer pays for the contents of a parcel, in minor units. */
export function priceOfParcel(
  lines: readonly StockLine[],
  ordered: readonly { readonly sku: string; readonly unitPrice: number }[],
): number {
  const priceOf = (sku: string) => ordered.find((line) => line.sku === sku)?.unitPrice ?? 0;
  return lines.reduce((sum, { sku, quantity }) => sum + quantity * priceOf(sku), 0);
}
