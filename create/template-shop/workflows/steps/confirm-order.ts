import { STEP_ATTEMPTS, stepsOf } from 'sagaline/workflow';
import type { ConfirmOrderActivities } from '../../activities/confirm-order';
import { TASK_QUEUES } from '../../domains/shop/names';

// Behind the pivot: what fails for ten minutes waits for a person, and is never compensated.
const orders = stepsOf<ConfirmOrderActivities>({
  ...STEP_ATTEMPTS,
  taskQueue: TASK_QUEUES.orders,
  scheduleToCloseTimeout: '10 minutes',
});

/** For `saga.retriable`. */
export function confirmOrder(orderId: string) {
  const key = `${orderId}:confirmOrder:0`;
  return { name: 'confirmOrder', run: () => orders.confirmOrder('Confirm the order', { key, orderId }) };
}
