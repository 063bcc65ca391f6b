import type { EventOf } from 'sagaline';
import type * as events from '../../../domains/shop/events';
import { EVENTS } from '../../../domains/shop/names';
import type { ParcelNotification } from '../../../domains/shop/rules/parcels';
import type { Inbox, OpenEndpoint } from 'sagaline/workflow';

/** The events that reach an order. */
export type OrderEvent =
  | EventOf<typeof events.orderSubmitted>
  | EventOf<typeof events.cancellationRequested>
  | EventOf<typeof events.amendmentRequested>
  | EventOf<typeof events.paymentAuthorized>
  | EventOf<typeof events.paymentDeclined>
  | EventOf<typeof events.paymentVoided>
  | EventOf<typeof events.paymentMethodProvided>
  | EventOf<typeof events.partialStockDecided>
  | EventOf<typeof events.shipmentDispatched>
  | EventOf<typeof events.shipmentDelivered>
  | EventOf<typeof events.shipmentLost>;

export type OrderInbox = Inbox<OrderEvent> & OpenEndpoint;
export type Cancellation = EventOf<typeof events.cancellationRequested>;
export type AmendmentRequested = EventOf<typeof events.amendmentRequested>;

export const SUBMITTED = [EVENTS.orderSubmitted] as const;
export const CANCELLATION = [EVENTS.cancellationRequested] as const;
export const AMENDMENT = [EVENTS.amendmentRequested] as const;
export const PAYMENT_NOTIFICATION = [
  EVENTS.paymentAuthorized,
  EVENTS.paymentDeclined,
  EVENTS.paymentVoided,
] as const;
/** All notifications of a payment. */
export type PaymentEvent = Extract<OrderEvent, { type: (typeof PAYMENT_NOTIFICATION)[number] }>;
/** All notifications of a parcel. */
export type ParcelEvent = Extract<OrderEvent, { type: ParcelNotification }>;
export const ALL_PARCEL_NOTIFICATIONS = [
  EVENTS.shipmentDispatched,
  EVENTS.shipmentDelivered,
  EVENTS.shipmentLost,
] as const;

export function isPaymentNotification(event: OrderEvent): event is PaymentEvent {
  return (PAYMENT_NOTIFICATION as readonly string[]).includes(event.type);
}

export function isParcelNotification(event: OrderEvent): event is ParcelEvent {
  return (ALL_PARCEL_NOTIFICATIONS as readonly string[]).includes(event.type);
}
