import { priceText } from './pricing';

/**
 * An event is never proof. Before money or goods move, a step asks the provider, and these rules interpret its answer
 * for the payment or parcel that the order knows.
 */

export type PaymentState = 'pending' | 'authorized' | 'declined' | 'voided' | 'captured' | 'refunded';

/** A payment as its provider has it now. Amounts in the currency's smallest unit, times in milliseconds since 1970. */
export interface ProviderPayment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: PaymentState;
  readonly captured: number;
  readonly refunded: number;
  /** When the authorization expires; absent when nothing is authorised, or the provider does not tell. */
  readonly expiresAt?: number | undefined;
  /** Why it was declined or voided, in the provider's words. */
  readonly reason?: string | undefined;
  readonly dispute?: Dispute | undefined;
  readonly updatedAt: number;
}

/** The customer's bank wants the money back. */
export interface Dispute {
  readonly disputeId: string;
  readonly status: 'needs_response' | 'won' | 'lost';
  readonly amount: number;
  readonly reason: string;
}

/** A payment as an order knows it. */
export interface KnownPayment {
  readonly orderId: string;
  readonly paymentId: string;
  readonly total: { readonly amount: number; readonly currency: string };
}

/** The provider's answer about a payment of ours. */
export interface PaymentStanding {
  /** `unknown`: the provider does not know the payment, or has another one under this id. */
  readonly state: PaymentState | 'unknown';
  /** For a person: `the payment provider says that pay_1 is pending`. */
  readonly says: string;
  readonly captured: number;
  /** What was given back to the customer, or may be through a dispute that is not won. */
  readonly refunded: number;
  /** A dispute is still undecided. */
  readonly disputed: boolean;
  readonly expiresAt?: number | undefined;
}

export function standingOf(known: KnownPayment, found: ProviderPayment | undefined): PaymentStanding {
  const { paymentId, orderId, total } = known;
  const unknown = (what: string): PaymentStanding => ({
    state: 'unknown',
    says: `the payment provider ${what}`,
    captured: 0,
    refunded: 0,
    disputed: false,
  });
  if (!found) return unknown(`has no payment ${paymentId}`);
  if (found.paymentId !== paymentId) return unknown(`has answered with ${found.paymentId}, not ${paymentId}`);
  if (found.orderId !== orderId) return unknown(`says that ${paymentId} is not of order ${orderId}`);
  if (found.amount !== total.amount || found.currency !== total.currency) {
    return unknown(`says that ${paymentId} is over ${priceText(found)}`);
  }
  const { state, captured, refunded, dispute, reason, expiresAt } = found;
  const because = reason === undefined ? '' : ` (${reason})`;
  return {
    state,
    says: `the payment provider says that ${paymentId} is ${state}${because}`,
    captured,
    refunded: refunded + (dispute?.status === 'lost' ? dispute.amount : 0),
    disputed: dispute?.status === 'needs_response',
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

export type ParcelStatus = 'booked' | 'dispatched' | 'delivered' | 'lost' | 'canceled';

/** A parcel as its carrier has it now. */
export interface CarrierParcel {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly status: ParcelStatus;
}

/** The carrier's answer about a parcel of ours. */
export interface Tracking {
  /** `unknown`: the carrier does not know the parcel, or has another one under this id. */
  readonly status: ParcelStatus | 'unknown';
  /** For a person. */
  readonly says: string;
}

export function trackingOf(
  { shipmentId, orderId }: Pick<CarrierParcel, 'shipmentId' | 'orderId'>,
  found: CarrierParcel | undefined,
): Tracking {
  const unknown = (what: string): Tracking => ({ status: 'unknown', says: `the carrier ${what}` });
  if (!found) return unknown(`has no shipment ${shipmentId}`);
  if (found.shipmentId !== shipmentId)
    return unknown(`has answered with ${found.shipmentId}, not ${shipmentId}`);
  if (found.orderId !== orderId) return unknown(`says that ${shipmentId} is not of order ${orderId}`);
  return { status: found.status, says: `the carrier says that ${shipmentId} is ${found.status}` };
}

/** A parcel in one of these states has left the warehouse. */
const LEFT: ReadonlySet<string> = new Set(['dispatched', 'delivered', 'lost']);

export function hasLeft({ status }: Tracking): boolean {
  return LEFT.has(status);
}
