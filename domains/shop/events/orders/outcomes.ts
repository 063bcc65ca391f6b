import { z } from 'zod';
import { defineEvent } from 'sagaline';
import { EVENTS } from '../../names';
import { detail, money, orderId, reason } from '../shapes';
import { byOrder, total, withReason } from './shapes';

/** How far an order has come, and how it has ended. */

export const orderConfirmed = defineEvent({
  type: EVENTS.orderConfirmed,
  entity: 'order',
  summary: 'Stock is reserved and the payment authorised.',
  schema: z.strictObject({ orderId, total: money }),
  key: byOrder,
  example: { orderId: 'order-1001', total },
});

export const orderCompleted = defineEvent({
  type: EVENTS.orderCompleted,
  entity: 'order',
  summary: 'The order is paid and delivered.',
  schema: z.strictObject({ orderId, total: money }),
  key: byOrder,
  example: { orderId: 'order-1001', total },
});

export const orderRejected = defineEvent({
  type: EVENTS.orderRejected,
  entity: 'order',
  summary: 'The order was refused before it was confirmed; nothing of it is left behind.',
  schema: withReason,
  key: byOrder,
  example: { orderId: 'order-1001', reason: 'payment-declined', detail: 'The card was declined.' },
});

export const orderCompensated = defineEvent({
  type: EVENTS.orderCompensated,
  entity: 'order',
  summary: 'A confirmed order could not be fulfilled; all that was done for it has been compensated.',
  schema: withReason,
  key: byOrder,
  example: {
    orderId: 'order-1001',
    reason: 'address-not-served',
    detail: 'The carrier does not serve 00000.',
  },
});

export const orderCancelled = defineEvent({
  type: EVENTS.orderCancelled,
  entity: 'order',
  summary:
    'The customer has cancelled the order before it was dispatched; all that was done for it has been compensated.',
  schema: withReason,
  key: byOrder,
  example: { orderId: 'order-1001', reason: 'cancelled-by-customer', detail: 'Found it cheaper.' },
});

export const orderRefunded = defineEvent({
  type: EVENTS.orderRefunded,
  entity: 'order',
  summary: 'The parcel got lost and the customer has the money back.',
  schema: z.strictObject({ orderId, total: money, reason, detail }),
  key: byOrder,
  example: {
    orderId: 'order-1001',
    total,
    reason: 'parcel-lost',
    detail: 'The carrier has given SL000083 up.',
  },
});
