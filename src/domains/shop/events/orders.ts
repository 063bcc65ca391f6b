import { z } from 'zod';
import { defineEvent } from '../../../contracts';
import { EVENTS } from '../names';
import { address, currency, detail, money, orderId, quantity, reason, sku } from './shapes';

const lines = z
  .array(
    z.strictObject({
      sku,
      quantity,
      /** Minor units of the order's currency. */
      unitPrice: z.int().min(1).max(10_000_000),
    }),
  )
  .min(1)
  .max(100)
  .refine(
    (all) => new Set(all.map((line) => line.sku)).size === all.length,
    'each sku may stand in one line only',
  );

const submitted = z.strictObject({
  orderId,
  customerId: z.string().min(1).max(64),
  email: z.email().max(254),
  currency,
  lines,
  shippingAddress: address,
  /** What the payment provider's form gave the web shop in exchange for the card; never the card itself. */
  paymentToken: z.string().min(1).max(128),
});

/** An order as the customer submitted it. */
export type SubmittedOrder = z.infer<typeof submitted>;

const byOrder = ({ orderId: key }: { orderId: string }) => key;
const total = { amount: 4_980, currency: 'EUR' } as const;

export const orderSubmitted = defineEvent({
  type: EVENTS.orderSubmitted,
  entity: 'order',
  summary: 'A customer has submitted an order. Published by the web shop.',
  schema: submitted,
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
  summary: 'A confirmed order could not be fulfilled; all that was done for it has been undone.',
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
    'The customer has cancelled the order before it was dispatched; all that was done for it has been undone.',
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
  summary: 'The customer wants to cancel. Published by the web shop; granted until the parcel is dispatched.',
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
