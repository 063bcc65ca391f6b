import type { FakeEffects } from 'sagaline/testing';
import type { ReserveStock } from '../../../activities/reserve-stock';
import { createReserveStockActivities } from '../../../activities/reserve-stock';
import { TASK_QUEUES } from '../../../domains/shop/names';

/** The stock in memory: `reserved` has the quantities by the key of their step. */
export function fakeReserveStock(effects: FakeEffects<string>) {
  const reserved = new Map<string, number>();
  const port: ReserveStock = {
    reserveStock: (input) =>
      effects.doOnce('reserveStock', input.key, input, () => {
        reserved.set(input.key, input.quantity);
      }),
    releaseStock: (input) =>
      effects.compensateOnce('releaseStock', input.undoes.key, input, () => {
        reserved.delete(input.undoes.key);
      }),
  };
  return { taskQueue: TASK_QUEUES.orders, activities: createReserveStockActivities(port), reserved };
}
