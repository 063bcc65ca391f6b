import { z } from 'zod';
import { RefusalError } from '../../src/contracts';
import { REFUSALS } from '../../src/domains/shop/names';
import type { PaymentState, ProviderPayment } from '../../src/domains/shop/rules/confirmation';
import type { Authorization, PaymentProvider } from './payments';
import type { ProviderAccess } from './provider-http';
import { createProviderHttp, ProviderError } from './provider-http';

const MS = 1_000;
const seconds = z.int().min(0).max(10_000_000_000);

const payment = z.object({
  id: z.string().min(1).max(128),
  status: z.enum([
    'requires_capture',
    'requires_action',
    'pending',
    'declined',
    'captured',
    'canceled',
    'partially_refunded',
    'refunded',
  ]),
  authorization_expires_at: seconds.optional(),
  next_action: z.object({ redirect_url: z.url().max(2_000) }).optional(),
});
const payments = z.object({ data: z.array(payment) });

type Payment = z.infer<typeof payment>;

const STATES = {
  requires_capture: 'authorized',
  requires_action: 'pending',
  pending: 'pending',
  declined: 'declined',
  captured: 'captured',
  partially_refunded: 'captured',
  refunded: 'refunded',
  canceled: 'voided',
} as const satisfies Record<string, PaymentState>;
/** All that the provider says of a payment. */
const wholePayment = z
  .object({
    id: z.string().min(1).max(128),
    status: z.enum(Object.keys(STATES) as (keyof typeof STATES)[]),
    amount: z.int().min(0),
    amount_captured: z.int().min(0),
    amount_refunded: z.int().min(0),
    currency: z.string().max(3),
    merchant_reference: z.string().max(255),
    decline_code: z.string().max(64).optional(),
    cancellation_reason: z.string().max(64).optional(),
    authorization_expires_at: seconds.optional(),
    dispute: z
      .object({
        id: z.string().max(128),
        status: z.enum(['needs_response', 'won', 'lost']),
        amount: z.int().min(0),
        reason: z.string().max(64),
      })
      .optional(),
    created: seconds,
    updated: seconds.optional(),
  })
  .transform((whole): ProviderPayment => {
    const { dispute, authorization_expires_at: expires } = whole;
    return {
      paymentId: whole.id,
      orderId: whole.merchant_reference,
      amount: whole.amount,
      currency: whole.currency,
      state: STATES[whole.status],
      captured: whole.amount_captured,
      refunded: whole.amount_refunded,
      expiresAt: expires === undefined ? undefined : expires * MS,
      reason: whole.decline_code ?? whole.cancellation_reason,
      dispute: dispute && { disputeId: dispute.id, ...dispute },
      updatedAt: (whole.updated ?? whole.created) * MS,
    };
  });

const wholePayments = z.object({ data: z.array(wholePayment), has_more: z.boolean() });
/** As many as the provider gives at once. */
const PAGE = 100;

export function createHttpPaymentProvider(access: ProviderAccess): PaymentProvider {
  const http = createProviderHttp('payment provider', access);

  return {
    authorize: async ({ key, orderId, total, paymentToken }) => {
      const body = {
        amount: total.amount,
        currency: total.currency,
        payment_method: paymentToken,
        merchant_reference: orderId,
      };
      return authorizationOf(await orDeclined(http.post('/payments', { key, body }, payment)));
    },

    findByKey: async (key) => {
      const found = await http.get(`/payments?idempotency_key=${encodeURIComponent(key)}`, payments);
      const [made] = found.data;
      return made && authorizationOf(made);
    },

    capture: async ({ key, paymentId, amount }) => {
      const answer = await orVoided(
        orDeclined(http.post(`${pathOf(paymentId)}/capture`, { key, body: { amount } }, payment)),
      );
      if (!isCaptured(answer))
        throw new ProviderError('payment provider', `a captured payment is ${answer.status}`);
    },

    reauthorize: async ({ key, paymentId }) => {
      try {
        const path = `${pathOf(paymentId)}/reauthorize`;
        const { authorization_expires_at: expires } = await orVoided(
          orDeclined(http.post(path, { key, body: {} }, payment)),
        );
        return expires === undefined ? {} : { expiresAt: expires * MS };
      } catch (error) {
        if (!hasCode(error, 'reauthorization_not_supported')) throw error;
        throw new RefusalError(REFUSALS.holdNotRenewable, 'The hold cannot be renewed.');
      }
    },

    isCaptured: async (paymentId) => isCaptured(await http.get(pathOf(paymentId), payment)),

    cancel: async ({ key, paymentId }) => {
      try {
        await http.post(`${pathOf(paymentId)}/cancel`, { key, body: {} }, payment);
        return 'voided';
      } catch (error) {
        // The hold was lifted by someone else, a person at the provider for example: there is nothing left to lift.
        if (hasCode(error, 'payment_canceled')) return 'voided';
        // It was pending, and has been declined meanwhile: there never was a hold.
        if (hasCode(error, 'payment_declined')) return 'declined';
        throw error;
      }
    },

    refund: async ({ key, paymentId, amount }) => {
      try {
        await http.post(`${pathOf(paymentId)}/refunds`, { key, body: { amount } }, payment);
      } catch (error) {
        // Someone else has given all of it back: the customer must not get it twice.
        if (!hasCode(error, 'payment_refunded')) throw error;
      }
    },

    // A part is not enough: whoever gave it back has left the rest to us, or to a person.
    isRefunded: async (paymentId) => (await http.get(pathOf(paymentId), payment)).status === 'refunded',

    list: async ({ since, after }) => {
      const query = new URLSearchParams({
        updated_since: String(Math.floor(since / MS)),
        limit: String(PAGE),
        ...(after !== undefined && { starting_after: after }),
      });
      const { data, has_more: hasMore } = await http.get(`/payments?${query.toString()}`, wholePayments);
      return { payments: data, hasMore };
    },

    paymentOf: async (paymentId) => {
      try {
        return await http.get(pathOf(paymentId), wholePayment);
      } catch (error) {
        if (hasCode(error, 'resource_missing')) return undefined;
        throw error;
      }
    },
  };
}

function pathOf(paymentId: string): string {
  return `/payments/${encodeURIComponent(paymentId)}`;
}

/** What a payment says of its authorisation; also one that has moved on since. */
function authorizationOf({ id, status, ...rest }: Payment): Authorization {
  if (status === 'declined') throw new RefusalError(REFUSALS.paymentDeclined, 'The payment was declined.');
  const { authorization_expires_at: expires, next_action: action } = rest;
  return {
    paymentId: id,
    state: STATES[status] === 'pending' ? 'pending' : 'authorized',
    ...(expires !== undefined && { expiresAt: expires * MS }),
    ...(action && { actionUrl: action.redirect_url }),
  };
}

/** The hold was lifted at the provider, or has ended. */
async function orVoided<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!hasCode(error, 'payment_canceled')) throw error;
    throw new RefusalError(REFUSALS.paymentVoided, 'Nothing is held any more.');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ProviderError && error.code === code;
}

function isCaptured({ status }: Payment): boolean {
  return status === 'captured' || status === 'partially_refunded' || status === 'refunded';
}

/** The card's issuer has said no. A 402 of another kind comes from someone on the way, and decides nothing. */
async function orDeclined<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProviderError && error.status === 402 && error.type === 'card_error') {
      throw new RefusalError(REFUSALS.paymentDeclined, error.detail ?? 'The card was declined.');
    }
    throw error;
  }
}
