import { RefusalError } from 'sagaline/activities';
import { z } from 'zod';
import { REFUSALS } from '../domains/shop/names';
import type { PaymentProvider } from './authorize-payment';

/** Shorter than an attempt of the step, which may take ten seconds with its transactions. */
const ANSWER_WITHIN_MS = 5_000;

const made = z.object({ id: z.string().min(1) });
const declined = z.object({ reason: z.string() });

/** The payment provider over HTTP. Every error except a refusal is retried under the same key. */
export function createHttpPaymentProvider(url: string): PaymentProvider {
  async function call(method: 'GET' | 'PUT', key: string, body?: object): Promise<Response> {
    return fetch(`${url}/payments/${encodeURIComponent(key)}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  }

  return {
    find: async (key) => {
      const answer = await call('GET', key);
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`the payment provider answers ${answer.status}`);
      return made.parse(await answer.json()).id;
    },
    authorize: async ({ key, orderId, amount, card }) => {
      const answer = await call('PUT', key, { orderId, amount, card });
      if (answer.status === 402)
        throw new RefusalError(REFUSALS.cardDeclined, declined.parse(await answer.json()).reason);
      if (!answer.ok) throw new Error(`the payment provider answers ${answer.status}`);
      return made.parse(await answer.json()).id;
    },
  };
}
