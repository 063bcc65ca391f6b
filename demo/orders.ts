import { randomBytes } from 'node:crypto';
import type { NewEvent, OutgoingEvent } from '../src/contracts';
import { encodeEvent, newEvent, sourceFor } from '../src/contracts';
import {
  amendmentRequested,
  cancellationRequested,
  paymentMethodProvided,
  orderSubmitted,
  shipmentDelivered,
} from '../domains/shop/events';
import type { AmendmentRequest, SubmittedOrder } from '../domains/shop/events/orders';

/** Orders as the web shop submits them. */

const SOURCE = '/demo/web-shop';
/** Of all orders. */
const CUSTOMER = orderSubmitted.example.customerId;

export function newOrderId(name: string): string {
  return `${name}-${randomBytes(3).toString('hex')}`;
}

/** A valid order, with the given changes. */
export function orderOf(orderId: string, changes: Partial<SubmittedOrder> = {}): SubmittedOrder {
  return {
    ...orderSubmitted.example,
    orderId,
    lines: [
      { sku: 'TEA-GREEN-250', quantity: 2, unitPrice: 1_290 },
      { sku: 'TEA-POT-GLASS', quantity: 1, unitPrice: 3_400 },
    ],
    ...changes,
  };
}

/** The submission of an order: always the same event, no matter how often it is published. */
export function submissionOf(order: SubmittedOrder): OutgoingEvent {
  const event: NewEvent = newEvent(orderSubmitted, {
    id: `submit-${order.orderId}`,
    time: new Date().toISOString(),
    data: order,
  });
  return encodeEvent(event, { source: SOURCE });
}

/** The submission with a field out of range, which the contract would refuse to encode. */
export function malformedOf(order: SubmittedOrder): OutgoingEvent {
  const good = submissionOf(order);
  const text = new TextDecoder().decode(good.body);
  return { ...good, body: new TextEncoder().encode(text.replace('"quantity":2', '"quantity":-2')) };
}

export function cancellationOf(orderId: string): OutgoingEvent {
  const event = newEvent(cancellationRequested, {
    id: `cancel-${orderId}`,
    time: new Date().toISOString(),
    data: { orderId, detail: 'Found it cheaper.' },
  });
  return encodeEvent(event, { source: SOURCE });
}

export function amendmentOf(
  orderId: string,
  request: Omit<AmendmentRequest, 'orderId' | 'customerId'>,
): OutgoingEvent {
  const event = newEvent(amendmentRequested, {
    id: `amend-${orderId}`,
    time: new Date().toISOString(),
    data: { orderId, customerId: CUSTOMER, ...request },
  });
  return encodeEvent(event, { source: SOURCE });
}

export function paymentMethodOf(orderId: string, paymentToken: string): OutgoingEvent {
  const event = newEvent(paymentMethodProvided, {
    id: `means-${orderId}`,
    time: new Date().toISOString(),
    data: { orderId, customerId: CUSTOMER, paymentToken },
  });
  return encodeEvent(event, { source: SOURCE });
}

/** The carrier's notification, published directly. A client of NATS can write any source. */
export function deliveryOf(orderId: string): OutgoingEvent {
  const data = { ...shipmentDelivered.example, orderId };
  return encodeEvent(newEvent(shipmentDelivered, { id: `delivered-${orderId}`, data }), {
    source: sourceFor(shipmentDelivered, SOURCE),
  });
}
