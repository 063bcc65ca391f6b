import { CancellationScope, log } from '@temporalio/workflow';
import { EVENTS } from '../../../domains/shop/names';
import type { PaymentStanding, Tracking } from '../../../domains/shop/rules/confirmation';
import { hasLeft } from '../../../domains/shop/rules/confirmation';
import type { Money } from '../../../domains/shop/events/shapes';
import type { ParcelNotification } from '../../../domains/shop/rules/parcels';
import type { OrderEvent, ParcelEvent } from './events';
import { isParcelNotification, isPaymentNotification } from './events';
import type { Order } from './parts';
import { deadLetterChannel } from './steps';

/**
 * Notifications of providers: each belongs to one payment or one parcel, and none is proof. A notification of a payment or
 * parcel that the order does not have now is kept, because it may be early; one that the provider does not confirm becomes
 * a dead letter.
 */

/** The payments and parcels of an order, by the ids that the providers gave. */
export interface Things {
  /** Payments that are pending or authorised now, and the amount of each. */
  readonly payments: Map<string, number>;
  /** Parcels that are booked or on their way now. */
  readonly parcels: Set<string>;
  /** Payments from which something was captured. */
  readonly taken: Set<string>;
  /** All payments and parcels that the order ever had. */
  readonly known: Set<string>;
  currency: string | undefined;
  /** Whose order it is; unknown until it is submitted. */
  customerId: string | undefined;
  /** What the order costs at this moment; unknown until it is entered. */
  total: (() => Money) | undefined;
}

export function noThings(): Things {
  return {
    payments: new Map(),
    parcels: new Set(),
    taken: new Set(),
    known: new Set(),
    currency: undefined,
    customerId: undefined,
    total: undefined,
  };
}

/**
 * Whether an event is about a payment or parcel that the order has now, or provides a payment method of its customer;
 * requests always concern it.
 */
export function concerns({ payments, parcels, currency, customerId }: Things, event: OrderEvent): boolean {
  if (event.type === EVENTS.paymentMethodProvided) return event.data.customerId === customerId;
  if (isParcelNotification(event)) return parcels.has(event.data.shipmentId);
  if (!isPaymentNotification(event)) return true;
  const { paymentId, total } = event.data;
  return payments.get(paymentId) === total.amount && total.currency === currency;
}

/** Whether an event is about a payment, parcel or customer that the order never had. */
export function isUnrelated({ known, customerId }: Things, event: OrderEvent): boolean {
  if (event.type === EVENTS.paymentMethodProvided) return event.data.customerId !== customerId;
  if (isParcelNotification(event)) return !known.has(event.data.shipmentId);
  return isPaymentNotification(event) && !known.has(event.data.paymentId);
}

/**
 * Whether an event only reports the end of an authorization from which nothing was captured: an order that ends needs no
 * more.
 */
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

/**
 * Asks the carrier about a notification of a parcel. If the carrier does not confirm it, it changes nothing and becomes a
 * dead letter.
 */
export async function isBorneOut(order: Order, event: ParcelEvent): Promise<boolean> {
  const tracking = await whereIs(order, event.data.shipmentId);
  if (BORNE_OUT_BY[event.type](tracking)) return true;
  await refute(event, tracking);
  return false;
}

/**
 * Asks the carrier for a parcel. A cancellation of the workflow waits for the answer: a parcel that has left cannot be
 * called back.
 */
export async function whereIs({ steps, forward }: Order, shipmentId: string): Promise<Tracking> {
  const tracking = await forward.retriable(steps.trackShipment({ shipmentId }));
  // A person has decided not to ask the carrier: an unconfirmed notification is not applied.
  return tracking ?? { status: 'unknown', says: 'the carrier was not asked: a person has decided so' };
}

/** Sends an event that the provider does not confirm to the dead letters. */
export async function refute(event: OrderEvent, { says }: Pick<PaymentStanding, 'says'>): Promise<void> {
  log.warn('an event was not confirmed, and changes nothing', { id: event.id, type: event.type, says });
  await CancellationScope.nonCancellable(() => deadLetterChannel.send([event], 'unconfirmed', says));
}
