import { z } from 'zod';
import { defineWebhook, newEvent, notification, stripeSignature } from 'sagaline';
import {
  paymentAuthorized,
  paymentCaptured,
  paymentDeclined,
  paymentDisputed,
  paymentRefunded,
  paymentVoided,
} from '../events';
import { charge } from '../events/shapes';

const SECOND = 1_000;

const payment = z.object({
  id: z.string().min(1).max(128),
  merchant_reference: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  ...charge.shape,
  decline_code: z.string().min(1).max(64).optional(),
});
const dispute = z.object({
  id: z.string().min(1).max(128),
  status: z.enum(['needs_response', 'won', 'lost']),
  amount: charge.shape.amount,
  reason: z.string().min(1).max(64),
});

/** The payment provider's webhook, in its own format. */
const bodyOf = <Shape extends z.ZodType>(object: Shape) =>
  z.object({
    id: z.string().min(1).max(128),
    /** Unix seconds. */
    created: z.int().min(0).max(10_000_000_000),
    mode: z.enum(['synchronous', 'asynchronous']),
    data: z.object({ object }),
  });
const body = bodyOf(payment);
const disputed = bodyOf(payment.extend({ dispute }));

export const paymentProviderWebhook = defineWebhook({
  provider: 'payment-provider',
  verify: stripeSignature({ header: 'webhook-signature' }),
  type: 'type',
  notifications: {
    'payment.authorized': notification(body, (it) => newEvent(paymentAuthorized, paymentOf(it))),
    'payment.declined': notification(body, (it) => {
      const { data, ...event } = paymentOf(it);
      const reason = it.data.object.decline_code ?? 'unknown';
      return newEvent(paymentDeclined, { ...event, data: { ...data, reason } });
    }),
    'payment.captured': notification(body, (it) => newEvent(paymentCaptured, paymentOf(it))),
    'payment.canceled': notification(body, (it) => newEvent(paymentVoided, paymentOf(it))),
    'payment.refunded': notification(body, (it) => newEvent(paymentRefunded, paymentOf(it))),
    'payment.dispute_opened': notification(disputed, disputeOf),
    'payment.dispute_closed': notification(disputed, disputeOf),
  },
});

function paymentOf({ id, created, mode, data: { object: payment } }: z.infer<typeof body>) {
  const data = {
    orderId: payment.merchant_reference,
    paymentId: payment.id,
    total: { amount: payment.amount, currency: payment.currency },
    asynchronous: mode === 'asynchronous',
  };
  return { id, time: new Date(created * SECOND).toISOString(), data };
}

function disputeOf(it: z.infer<typeof disputed>) {
  const { data, ...event } = paymentOf(it);
  const { id: disputeId, status, amount, reason } = it.data.object.dispute;
  const total = { amount, currency: data.total.currency };
  return newEvent(paymentDisputed, { ...event, data: { ...data, total, disputeId, status, reason } });
}
