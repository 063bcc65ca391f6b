import { z } from 'zod';
import { defineEvent, fromProvider, personal } from 'sagaline';
import { EVENTS } from '../names';
import { charge, customerId, ofCustomer, orderId, paymentToken, providerId, reason, webShop } from './shapes';

/** The payment provider's notifications. */
const payment = z.strictObject({
  orderId,
  paymentId: providerId,
  total: charge,
  asynchronous: z
    .boolean()
    .describe('The outcome was not in the answer of a call, so that nobody knows of it yet.'),
});
const byOrder = ({ orderId: key }: { orderId: string }) => key;
const example = {
  orderId: 'order-1001',
  paymentId: 'pay_5k2x',
  total: { amount: 4_980, currency: 'EUR' },
  asynchronous: false,
};
const entity = 'payment';
const origin = fromProvider('payment-provider');

export const paymentAuthorized = defineEvent({
  type: EVENTS.paymentAuthorized,
  entity,
  summary: 'The amount is held on the customer’s card.',
  origin,
  schema: payment,
  unknownFields: 'refused',
  key: byOrder,
  example,
});

export const paymentDeclined = defineEvent({
  type: EVENTS.paymentDeclined,
  entity,
  summary: 'The card was refused.',
  origin,
  schema: payment.extend({ reason }),
  unknownFields: 'refused',
  key: byOrder,
  example: { ...example, reason: 'insufficient_funds' },
});

export const paymentCaptured = defineEvent({
  type: EVENTS.paymentCaptured,
  entity,
  summary: 'The held amount was taken.',
  origin,
  schema: payment,
  unknownFields: 'refused',
  key: byOrder,
  example,
});

export const paymentVoided = defineEvent({
  type: EVENTS.paymentVoided,
  entity,
  summary: 'The authorization was lifted and nothing was taken.',
  origin,
  schema: payment,
  unknownFields: 'refused',
  key: byOrder,
  example,
});

export const paymentRefunded = defineEvent({
  type: EVENTS.paymentRefunded,
  entity,
  summary: 'The customer has the money back.',
  origin,
  schema: payment,
  unknownFields: 'refused',
  key: byOrder,
  example,
});

export const paymentDisputed = defineEvent({
  type: EVENTS.paymentDisputed,
  entity,
  summary:
    'The customer’s bank wants the money back, or has decided about that. Reconciliation has it as a finding until the dispute is won.',
  origin,
  schema: payment.extend({
    disputeId: providerId,
    status: z.enum(['needs_response', 'won', 'lost']),
    reason,
  }),
  unknownFields: 'refused',
  key: byOrder,
  example: {
    ...example,
    asynchronous: true,
    disputeId: 'dp_7f31',
    status: 'needs_response' as const,
    reason: 'product_not_received',
  },
});

export const paymentMethodProvided = defineEvent({
  type: EVENTS.paymentMethodProvided,
  entity: 'payment',
  summary:
    'The customer has provided another payment method, after one was refused. Used once, for the attempt that waits for it.',
  origin: webShop,
  schema: z.strictObject({ orderId, customerId, paymentToken: personal(paymentToken) }),
  unknownFields: 'refused',
  key: byOrder,
  subject: ofCustomer,
  example: { orderId: 'order-1001', customerId: 'customer-7', paymentToken: 'tok_visa' },
});
