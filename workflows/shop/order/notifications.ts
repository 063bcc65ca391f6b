import { CancellationScope, log } from '@temporalio/workflow';
import { EVENTS } from '../../../domains/shop/names';
import type { PaymentStanding, Tracking } from '../../../domains/shop/rules/confirmation';
import { hasLeft } from '../../../domains/shop/rules/confirmation';
import type { ParcelNotification } from '../../../domains/shop/rules/parcels';
import type { OrderEvent, ParcelEvent } from './events';
import { isParcelNotification, isPaymentNotification } from './events';
import type { Order } from './parts';
import { deadLetterChannel } from './steps';

/**
 * A notification of providers: each belongs to one payment or one parcel, and none is proof. What is about a payment or a parcel that
 * the order does not have now is kept, for it may be early; what the provider does not bear out is a dead letter.
 */

/** What an order has at its providers, by the ids that they gave. */
export interface Things {
  /** Payments that are awaited or held now, and the amount of each. */
  readonly payments: Map<string, number>;
  /** Parcels that are booked or on their way now. */
  readonly parcels: Set<string>;
  /** Payments of which something was taken. */
  readonly taken: Set<string>;
  /** All that it ever had. */
  readonly known: Set<string>;
  currency: string | undefined;
}

export function noThings(): Things {
  return { payments: new Map(), parcels: new Set(), taken: new Set(), known: new Set(), currency: undefined };
}

/** Whether an event is about something that the order has now; requests always are. */
export function concerns({ payments, parcels, currency }: Things, event: OrderEvent): boolean {
  if (isParcelNotification(event)) return parcels.has(event.data.shipmentId);
  if (!isPaymentNotification(event)) return true;
  const { paymentId, total } = event.data;
  return payments.get(paymentId) === total.amount && total.currency === currency;
}

/** Whether an event is about something that the order never had. */
export function isUnrelated({ known }: Things, event: OrderEvent): boolean {
  if (isParcelNotification(event)) return !known.has(event.data.shipmentId);
  return isPaymentNotification(event) && !known.has(event.data.paymentId);
}

/** The end of an authorization of which nothing was taken: an order that ends wants nothing else. */
export function isMoot({ known, taken }: Things, event: OrderEvent): boolean {
  if (event.type !== EVENTS.paymentVoided) return false;
  const { paymentId } = event.data;
  return known.has(paymentId) && !taken.has(paymentId);
}

export function hasPayment({ payments, known }: Things, paymentId: string, amount: number): void {
  payments.set(paymentId, amount);
  known.add(paymentId);
}

export function hasParcels({ parcels, known }: Things, shipmentIds: readonly string[]): void {
  parcels.clear();
  for (const id of shipmentIds) {
    parcels.add(id);
    known.add(id);
  }
}

const BORNE_OUT_BY: Readonly<Record<ParcelNotification, (tracking: Tracking) => boolean>> = {
  [EVENTS.shipmentDispatched]: hasLeft,
  [EVENTS.shipmentDelivered]: ({ status }) => status === 'delivered',
  [EVENTS.shipmentLost]: ({ status }) => status === 'lost',
};

/** Asks the carrier about a notification of a parcel. What it does not bear out changes nothing, and is a dead letter. */
export async function isBorneOut(order: Order, event: ParcelEvent): Promise<boolean> {
  const tracking = await whereIs(order, event.data.shipmentId);
  if (BORNE_OUT_BY[event.type](tracking)) return true;
  await refute(event, tracking);
  return false;
}

/** Whoever cancels the workflow meanwhile waits for the answer: a parcel that has left cannot be called back. */
export async function whereIs({ steps, forward }: Order, shipmentId: string): Promise<Tracking> {
  const tracking = await forward.retriable(steps.trackShipment({ shipmentId }));
  // A person has said that the carrier need not be asked: what nobody has confirmed is not believed.
  return tracking ?? { status: 'unknown', says: 'the carrier was not asked: a person has decided so' };
}

/** The provider says otherwise. */
export async function refute(event: OrderEvent, { says }: Pick<PaymentStanding, 'says'>): Promise<void> {
  log.warn('an event was not confirmed, and changes nothing', { id: event.id, type: event.type, says });
  await CancellationScope.nonCancellable(() => deadLetterChannel.send([event], 'unconfirmed', says));
}
