import { z } from 'zod';
import { defineWebhook, newEvent, notification } from '../../../contracts';
import { stripeSignature } from '../../../security';
import {
  paymentAuthorized,
  paymentCaptured,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
} from '../events';
import { charge } from '../events/shapes';

const SECOND = 1_000;

/** The payment provider's webhook, in its own words. */
const body = z.object({
  id: z.string().min(1).max(128),
  /** Unix seconds. */
  created: z.int().min(0).max(10_000_000_000),
  mode: z.enum(['synchronous', 'asynchronous']),
  data: z.object({
    object: z.object({
      id: z.string().min(1).max(128),
      merchant_reference: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      ...charge.shape,
      decline_code: z.string().min(1).max(64).optional(),
    }),
  }),
});

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
