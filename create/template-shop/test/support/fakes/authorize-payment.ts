import type { FakeEffects } from 'sagaline/testing';
import type { AuthorizePayment } from '../../../activities/authorize-payment';
import { createAuthorizePaymentActivities } from '../../../activities/authorize-payment';
import { TASK_QUEUES } from '../../../domains/shop/names';

/** The payment provider in memory: `paid` has the amounts by order. */
export function fakeAuthorizePayment(effects: FakeEffects<string>) {
  const paid = new Map<string, number>();
  const port: AuthorizePayment = {
    authorizePayment: async (input) => {
      await effects.performOnce('authorizePayment', input, {
        key: input.key,
        find: () => Promise.resolve(paid.has(input.orderId) ? input.key : undefined),
        call: () => {
          paid.set(input.orderId, (paid.get(input.orderId) ?? 0) + input.amount);
          return Promise.resolve(input.key);
        },
      });
    },
  };
  return { taskQueue: TASK_QUEUES.payments, activities: createAuthorizePaymentActivities(port), paid };
}
