import { z } from 'zod';
import { RefusalError } from 'sagaline';
import { REFUSALS } from '../../domains/shop/names';
import type { PaymentState, ProviderPayment } from '../../domains/shop/rules/confirmation';
import type { Authorization, PaymentProvider } from './payments';
import { PAYMENT_ANSWERS } from './payments.answers';
import { interpreting } from './provider-answers';
import type { ProviderAccess } from './provider-http';
import { createProviderHttp, ProviderError } from './provider-http';
import { givenByProvider } from './shapes';

const MS = 1_000;
const seconds = z.int().min(0).max(10_000_000_000);

const payment = z.object({
  id: givenByProvider,
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
/** The answer of a call whose content is not used. */
const answered = z.looseObject({});
/** The fields that a compensation needs: a payment can be cancelled even if its other fields are invalid. */
const paymentsToCancel = z.object({ data: z.array(z.object({ id: givenByProvider, status: z.string() })) });

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
/** All fields of a payment. */
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
/** The most payments that the provider returns at once. */
const PAGE = 100;

export function createHttpPaymentProvider(access: ProviderAccess): PaymentProvider {
  const http = createProviderHttp('payment provider', access);
  const asked = interpreting(PAYMENT_ANSWERS);
  const byKey = (key: string) => `/payments?idempotency_key=${encodeURIComponent(key)}`;

  return {
    authorize: async ({ key, orderId, total, paymentToken }) => {
      const body = {
        amount: total.amount,
        currency: total.currency,
        payment_method: paymentToken,
        merchant_reference: orderId,
      };
      return authorizationOf(await asked('authorize', http.post('/payments', { key, body }, payment)));
    },

    findByKey: async (key) => {
      const [made] = (await asked('ask', http.get(byKey(key), payments))).data;
      return made && authorizationOf(made);
    },

    findToCancel: async (key) => {
      const [made] = (await asked('ask', http.get(byKey(key), paymentsToCancel))).data;
      if (made?.status === 'declined') throw declined();
      return made?.id;
    },

    capture: async ({ key, paymentId, amount }) => {
      const answer = await asked(
        'capture',
        http.post(`${pathOf(paymentId)}/capture`, { key, body: { amount } }, payment),
      );
      if (!isCaptured(answer))
        throw new ProviderError('payment provider', `a captured payment is ${answer.status}`);
    },

    reauthorize: async ({ key, paymentId }) => {
      const path = `${pathOf(paymentId)}/reauthorize`;
      const { authorization_expires_at: expires } = await asked(
        'reauthorize',
        http.post(path, { key, body: {} }, payment),
      );
      return expires === undefined ? {} : { expiresAt: expires * MS };
    },

    isCaptured: async (paymentId) => isCaptured(await asked('ask', http.get(pathOf(paymentId), payment))),

    cancel: async ({ key, paymentId }) => {
      const canceling = http.post(`${pathOf(paymentId)}/cancel`, { key, body: {} }, answered);
      return asked<'voided' | 'declined'>(
        'cancel',
        canceling.then(() => 'voided'),
        (code) => (code === 'payment_declined' ? 'declined' : 'voided'),
      );
    },

    refund: async ({ key, paymentId, amount }) => {
      const refunding = http.post(`${pathOf(paymentId)}/refunds`, { key, body: { amount } }, answered);
      await asked('refund', refunding, () => ({}));
    },

    // A partial refund does not count: the rest is left to us, or to a person.
    isRefunded: async (paymentId) =>
      (await asked('ask', http.get(pathOf(paymentId), payment))).status === 'refunded',

    list: async ({ since, after }) => {
      const query = new URLSearchParams({
        updated_since: String(Math.floor(since / MS)),
        limit: String(PAGE),
        ...(after !== undefined && { starting_after: after }),
      });
      const { data, has_more: hasMore } = await asked(
        'ask',
        http.get(`/payments?${query.toString()}`, wholePayments),
      );
      return { payments: data, hasMore };
    },

    paymentOf: (paymentId) =>
      asked<ProviderPayment | undefined>('look', http.get(pathOf(paymentId), wholePayment), () => undefined),
  };
}

function pathOf(paymentId: string): string {
  return `/payments/${encodeURIComponent(paymentId)}`;
}

function declined(): RefusalError {
  return new RefusalError(REFUSALS.paymentDeclined, 'The payment was declined.');
}

/** The authorisation of a payment, even if the payment has been captured or cancelled since. */
function authorizationOf({ id, status, ...rest }: Payment): Authorization {
  if (status === 'declined') throw declined();
  const { authorization_expires_at: expires, next_action: action } = rest;
  return {
    paymentId: id,
    state: STATES[status] === 'pending' ? 'pending' : 'authorized',
    ...(expires !== undefined && { expiresAt: expires * MS }),
    ...(action && { actionUrl: action.redirect_url }),
  };
}

function isCaptured({ status }: Payment): boolean {
  return status === 'captured' || status === 'partially_refunded' || status === 'refunded';
}
