import { z } from 'zod';
import { defineWebhook, newEvent } from '../../../contracts';
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

/** The payment provider's webhook, in its own words. */
const body = z.object({
  id: z.string().min(1).max(128),
  type: z.string().max(64),
  /** Unix seconds. */
  created: z.int().min(0).max(10_000_000_000),
  mode: z.enum(['synchronous', 'asynchronous']),
  data: z.object({
    object: z.object({
      id: z.string().min(1).max(128),
      merchant_reference: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      ...charge.shape,
      decline_code: z.string().min(1).max(64).optional(),
      dispute: z
        .object({
          id: z.string().min(1).max(128),
          status: z.enum(['needs_response', 'won', 'lost']),
          amount: z.int().min(1).max(1_000_000_000_000),
          reason: z.string().min(1).max(64),
        })
        .optional(),
    }),
  }),
});

export const paymentProviderWebhook = defineWebhook({
  provider: 'payment-provider',
  body,
  toEvent: ({ id, type, created, mode, data: { object: payment } }) => {
    const time = new Date(created * SECOND).toISOString();
    const data = {
      orderId: payment.merchant_reference,
      paymentId: payment.id,
      total: { amount: payment.amount, currency: payment.currency },
      asynchronous: mode === 'asynchronous',
    };
    switch (type) {
      case 'payment.authorized':
        return newEvent(paymentAuthorized, { id, time, data });
      case 'payment.declined':
        return newEvent(paymentDeclined, {
          id,
          time,
          data: { ...data, reason: payment.decline_code ?? 'unknown' },
        });
      case 'payment.captured':
        return newEvent(paymentCaptured, { id, time, data });
      case 'payment.canceled':
        return newEvent(paymentVoided, { id, time, data });
      case 'payment.refunded':
        return newEvent(paymentRefunded, { id, time, data });
      case 'payment.dispute_opened':
      case 'payment.dispute_closed': {
        if (!payment.dispute) return undefined;
        const { id: disputeId, status, amount, reason } = payment.dispute;
        const total = { amount, currency: payment.currency };
        return newEvent(paymentDisputed, { id, time, data: { ...data, total, disputeId, status, reason } });
      }
      default:
        return undefined;
    }
  },
});
