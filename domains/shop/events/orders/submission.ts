import { z } from 'zod';
import { defineEvent, personal } from 'sagaline';
import { EVENTS } from '../../names';
import { totalOf } from '../../rules/pricing';
import { address, exampleAddress } from '../address';
import { email } from '../email';
import { currency, customerId, orderId, ofCustomer, paymentToken, webShop } from '../shapes';
import { byOrder, lines } from './shapes';

const submitted = z
  .strictObject({
    orderId,
    customerId,
    email: personal(email),
    currency,
    lines,
    shippingAddress: personal(address),
    paymentToken: personal(paymentToken).optional(),
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

export const orderSubmitted = defineEvent({
  type: EVENTS.orderSubmitted,
  entity: 'order',
  summary: 'A customer has submitted an order.',
  origin: webShop,
  schema: submitted,
  unknownFields: 'refused',
  key: byOrder,
  subject: ofCustomer,
  example: {
    orderId: 'order-1001',
    customerId: 'customer-7',
    email: 'ada@example.com',
    currency: 'EUR',
    lines: [{ sku: 'TEA-GREEN-250', quantity: 2, unitPrice: 2_490 }],
    shippingAddress: exampleAddress,
    paymentToken: 'tok_visa',
  },
});
