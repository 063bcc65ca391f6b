import { z } from 'zod';
import { defineEvent } from 'sagaline';
import { EVENTS } from '../../names';
import { charge, detail, money, orderId, providerId, stockLine, webShop } from '../shapes';
import { byOrder, total } from './shapes';

/** What the customer is asked while the order waits, and the answers that are the order's own events. */

export const paymentMethodRequested = defineEvent({
  type: EVENTS.paymentMethodRequested,
  entity: 'order',
  summary:
    'The payment was refused. The order waits for another payment method (payments.payment-method-provided), and is rejected without one.',
  schema: z.strictObject({
    orderId,
    total: charge,
    attempt: z
      .int()
      .min(1)
      .max(10)
      .describe('Of the attempts to authorize the payment, the one that was refused; from 1.'),
    detail,
  }),
  key: byOrder,
  example: { orderId: 'order-1001', total, attempt: 1, detail: 'The card was declined.' },
});

export const paymentActionRequested = defineEvent({
  type: EVENTS.paymentActionRequested,
  entity: 'order',
  summary:
    'The customer has to do something for the payment, such as 3-D Secure: the web shop sends them to this page. If that is not done in time, the payment is withdrawn and the order rejected.',
  schema: z.strictObject({
    orderId,
    paymentId: providerId,
    total: money,
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    dueBy: z.iso.datetime().max(30).describe('Until when.'),
  }),
  key: byOrder,
  example: {
    orderId: 'order-1001',
    paymentId: 'pay_5k2x',
    total,
    url: 'https://payments.example.com/3ds/pay_5k2x',
    dueBy: '2026-01-15T11:30:00Z',
  },
});

/** The part of an order's articles that is in stock: none, some or all. */
const partOfLines = z.array(stockLine).max(100);

export const partialStock = defineEvent({
  type: EVENTS.partialStock,
  entity: 'order',
  summary:
    'Not all of the order is in stock. The customer is asked what to do (orders.partial-stock-decided); without an answer in time the shop’s default holds.',
  schema: z.strictObject({ orderId, wanted: partOfLines, available: partOfLines }),
  key: byOrder,
  example: {
    orderId: 'order-1001',
    wanted: [{ sku: 'TEA-GREEN-250', quantity: 2 }],
    available: [{ sku: 'TEA-GREEN-250', quantity: 1 }],
  },
});

export const partialStockDecided = defineEvent({
  type: EVENTS.partialStockDecided,
  entity: 'order',
  summary:
    'The customer waits until all of it is there, takes the part that is, or cancels. Counts while the order waits for it.',
  origin: webShop,
  schema: z.strictObject({ orderId, decision: z.enum(['wait', 'partial', 'cancel']) }),
  key: byOrder,
  example: { orderId: 'order-1001', decision: 'partial' },
});
