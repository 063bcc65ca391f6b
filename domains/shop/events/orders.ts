import { z } from 'zod';
import type { EventOf } from 'sagaline';
import { defineEvent } from 'sagaline';
import { MAX_AMOUNT, MAX_LINES, MAX_UNIT_PRICE } from '../rules/limits';
import { AMENDMENT_REFUSALS, EVENTS } from '../names';
import { totalOf } from '../rules/pricing';
import { address } from './address';
import { email } from './email';
import {
  charge,
  currency,
  detail,
  line,
  money,
  orderId,
  paymentToken,
  providerId,
  quantity,
  reason,
  sku,
  stockLine,
  webShop,
} from './shapes';

const lines = z
  .array(
    z.strictObject({
      sku,
      quantity,
      unitPrice: z
        .int()
        .min(0)
        .max(MAX_UNIT_PRICE)
        .describe("Minor units of the order's currency; 0 for what is free."),
    }),
  )
  .min(1)
  .max(MAX_LINES)
  .refine(
    (all) => new Set(all.map((line) => line.sku)).size === all.length,
    'each sku may stand in one line only',
  )
  // Above the bound the sum may be inexact, but it is still above the bound.
  .refine((all) => totalOf(all) <= MAX_AMOUNT, `the lines may come to ${MAX_AMOUNT} minor units at most`);

const submitted = z
  .strictObject({
    orderId,
    customerId: line(64),
    email,
    currency,
    lines,
    shippingAddress: address,
    paymentToken: paymentToken.optional(),
  })
  .superRefine((order, context) => {
    if (order.paymentToken !== undefined || totalOf(order.lines) === 0) return;
    const message = 'is missing: an order that costs something needs one';
    context.addIssue({ code: 'custom', path: ['paymentToken'], message });
  })
  .meta({ rules: ['paymentToken may be left out where the order costs nothing'] });

/** An order as the customer submitted it. */
export type SubmittedOrder = z.infer<typeof submitted>;

/** What a customer ordered, and may amend. */
export type OrderContent = Pick<SubmittedOrder, 'lines' | 'shippingAddress' | 'currency'>;

const byOrder = ({ orderId: key }: { orderId: string }) => key;
const total = { amount: 4_980, currency: 'EUR' } as const;

export const orderSubmitted = defineEvent({
  type: EVENTS.orderSubmitted,
  entity: 'order',
  summary: 'A customer has submitted an order.',
  origin: webShop,
  schema: submitted,
  unknownFields: 'refused',
  key: byOrder,
  example: {
    orderId: 'order-1001',
    customerId: 'customer-7',
    email: 'ada@example.com',
    currency: 'EUR',
    lines: [{ sku: 'TEA-GREEN-250', quantity: 2, unitPrice: 2_490 }],
    shippingAddress: {
      name: 'Ada Lovelace',
      street: 'St. James Square 12',
      postalCode: 'SW1Y',
      city: 'London',
      country: 'GB',
    },
    paymentToken: 'tok_visa',
  },
});

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

const refused = z.strictObject({ orderId, reason, detail });

export const orderRejected = defineEvent({
  type: EVENTS.orderRejected,
  entity: 'order',
  summary: 'The order was refused before it was confirmed; nothing of it is left behind.',
  schema: refused,
  key: byOrder,
  example: { orderId: 'order-1001', reason: 'payment-declined', detail: 'The card was declined.' },
});

export const orderCompensated = defineEvent({
  type: EVENTS.orderCompensated,
  entity: 'order',
  summary: 'A confirmed order could not be fulfilled; all that was done for it has been compensated.',
  schema: refused,
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
  schema: refused,
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

export const cancellationRequested = defineEvent({
  type: EVENTS.cancellationRequested,
  entity: 'order',
  summary: 'The customer wants to cancel. Granted until the parcel is dispatched.',
  origin: webShop,
  schema: z.strictObject({ orderId, detail }),
  key: byOrder,
  example: { orderId: 'order-1001', detail: 'Found it cheaper.' },
});

export const cancellationRefused = defineEvent({
  type: EVENTS.cancellationRefused,
  entity: 'order',
  summary: 'The customer cannot cancel any more.',
  schema: refused,
  key: byOrder,
  example: { orderId: 'order-1001', reason: 'too-late', detail: 'The parcel is on its way.' },
});

export const amendmentRequested = defineEvent({
  type: EVENTS.amendmentRequested,
  entity: 'order',
  summary:
    'The customer wants other lines (all of them, as they shall be), another address, or both. Granted until the parcel is dispatched.',
  origin: webShop,
  schema: z
    .strictObject({
      orderId,
      lines: lines.optional(),
      shippingAddress: address.optional(),
      paymentToken: paymentToken
        .optional()
        .describe(
          "For what the order costs more; without it the order's own is tried, which may be good for one payment only.",
        ),
    })
    .refine(
      (request) => request.lines ?? request.shippingAddress,
      'must have lines, a shippingAddress, or both',
    ),
  unknownFields: 'refused',
  key: byOrder,
  example: { orderId: 'order-1001', lines: [{ sku: 'TEA-GREEN-250', quantity: 3, unitPrice: 2_490 }] },
});

export type AmendmentRequest = EventOf<typeof amendmentRequested>['data'];

export const orderAmended = defineEvent({
  type: EVENTS.orderAmended,
  entity: 'order',
  summary: 'The order is amended: stock, payment and carrier are as the amendment wants them.',
  schema: z.strictObject({
    orderId,
    revision: z
      .int()
      .min(1)
      .max(999_999)
      .describe("Of the order's amendments, from 1, the refused ones counted too."),
    lines,
    total: money,
    addressChanged: z.boolean(),
  }),
  key: byOrder,
  example: {
    orderId: 'order-1001',
    revision: 1,
    lines: [{ sku: 'TEA-GREEN-250', quantity: 3, unitPrice: 2_490 }],
    total: { amount: 7_470, currency: 'EUR' },
    addressChanged: false,
  },
});

export const amendmentRefused = defineEvent({
  type: EVENTS.amendmentRefused,
  entity: 'order',
  summary: 'The order cannot be amended like this; it is as it was, and goes on.',
  schema: z.strictObject({ orderId, reason: z.enum(Object.values(AMENDMENT_REFUSALS)), detail }),
  key: byOrder,
  example: { orderId: 'order-1001', reason: 'out-of-stock', detail: 'There are not 1 of TEA-GREEN-250.' },
});

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
