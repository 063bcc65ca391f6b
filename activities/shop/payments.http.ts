import { z } from 'zod';
import { RefusalError } from '../../src/contracts';
import { REFUSALS } from '../../src/domains/shop/names';
import type { Authorization, PaymentProvider } from './payments';
import { PAYMENT_ANSWERS } from './payments.answers';
import { interpreting } from './provider-answers';
import type { ProviderAccess } from './provider-http';
import { createProviderHttp, ProviderError } from './provider-http';
import { givenByProvider } from './shapes';

const payment = z.object({
  id: givenByProvider,
  status: z.enum([
    'requires_capture',
    'pending',
    'declined',
    'captured',
    'canceled',
    'partially_refunded',
    'refunded',
  ]),
});
const payments = z.object({ data: z.array(payment) });
/** Of a call that has done its work: nothing of the answer is used. */
const answered = z.looseObject({});
/** What an undo has to know of a payment: it can be cancelled whatever else the provider says of it. */
const paymentsToCancel = z.object({ data: z.array(z.object({ id: givenByProvider, status: z.string() })) });

type Payment = z.infer<typeof payment>;

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

    // A part is not enough: whoever gave it back has left the rest to us, or to a person.
    isRefunded: async (paymentId) =>
      (await asked('ask', http.get(pathOf(paymentId), payment))).status === 'refunded',
  };
}

function pathOf(paymentId: string): string {
  return `/payments/${encodeURIComponent(paymentId)}`;
}

function declined(): RefusalError {
  return new RefusalError(REFUSALS.paymentDeclined, 'The payment was declined.');
}

/** What a payment says of its authorisation; also one that has moved on since. */
function authorizationOf({ id, status }: Payment): Authorization {
  if (status === 'declined') throw declined();
  return { paymentId: id, state: status === 'pending' ? 'pending' : 'authorized' };
}

function isCaptured({ status }: Payment): boolean {
  return status === 'captured' || status === 'partially_refunded' || status === 'refunded';
}
