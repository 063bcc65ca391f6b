import type { CompensatableStep } from 'sagaline/workflow';
import { STEP_ATTEMPTS, stepsOf } from 'sagaline/workflow';
import type { ReserveStockActivities } from '../../activities/reserve-stock';
import { TASK_QUEUES } from '../../domains/shop/names';

const queue = { ...STEP_ATTEMPTS, taskQueue: TASK_QUEUES.orders };
// Given up after a minute, and then compensated; a compensation that fails for ten minutes waits for a person.
const forward = stepsOf<ReserveStockActivities>({ ...queue, scheduleToCloseTimeout: '1 minute' });
const back = stepsOf<ReserveStockActivities>({ ...queue, scheduleToCloseTimeout: '10 minutes' });

/** For `saga.step`. */
export function reserveStock(order: {
  readonly orderId: string;
  readonly sku: string;
  readonly quantity: number;
}): CompensatableStep<void> {
  const { orderId, sku, quantity } = order;
  const key = `${orderId}:reserveStock:0`;
  return {
    key,
    run: () => forward.reserveStock('Reserve the stock', { key, sku, quantity }),
    undoneBy: 'releaseStock',
    compensate: () => back.releaseStock('Release the stock', { undoes: key }),
  };
}
