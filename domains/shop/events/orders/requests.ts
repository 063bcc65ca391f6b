import { z } from 'zod';
import type { EventOf } from 'sagaline';
import { defineEvent, personal } from 'sagaline';
import { AMENDMENT_REFUSALS, EVENTS } from '../../names';
import { address, exampleAddress } from '../address';
import { customerId, detail, money, ofCustomer, orderId, paymentToken, webShop } from '../shapes';
import { byOrder, lines, withReason } from './shapes';

/** The customer's requests to cancel or to amend an order, and their answers. */

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
  schema: withReason,
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
      customerId,
      lines: lines.optional(),
      shippingAddress: personal(address).optional(),
      paymentToken: personal(paymentToken)
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
  subject: ofCustomer,
  example: {
    orderId: 'order-1001',
    customerId: 'customer-7',
    lines: [{ sku: 'TEA-GREEN-250', quantity: 3, unitPrice: 2_490 }],
    shippingAddress: { ...exampleAddress, street: 'Marylebone Road 12' },
    paymentToken: 'tok_mastercard',
  },
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
