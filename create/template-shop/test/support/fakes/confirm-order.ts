import type { FakeEffects } from 'sagaline/testing';
import type { ConfirmOrder } from '../../../activities/confirm-order';
import { createConfirmOrderActivities } from '../../../activities/confirm-order';
import { TASK_QUEUES } from '../../../domains/shop/names';

/** The confirmed orders, in memory. */
export function fakeConfirmOrder(effects: FakeEffects<string>) {
  const confirmed = new Set<string>();
  const port: ConfirmOrder = {
    confirmOrder: (input) =>
      effects.doOnce('confirmOrder', input.key, input, () => {
        confirmed.add(input.orderId);
      }),
  };
  return { taskQueue: TASK_QUEUES.orders, activities: createConfirmOrderActivities(port), confirmed };
}
