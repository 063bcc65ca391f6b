import { z } from 'zod';
import { orderSubmitted } from '../../src/domains/shop/events';
import { activity } from '../../src/effects';
import { money, orderId, stepKey } from './shapes';

const openOrder = z.object({ runId: z.string().min(1), submission: orderSubmitted.schema, total: money });
const confirmOrder = z.object({ key: stepKey, orderId, total: money });
const closeOrder = z.discriminatedUnion('state', [
  z.object({ state: z.literal('completed'), key: stepKey, orderId, total: money }),
  z.object({
    state: z.enum(['rejected', 'compensated']),
    key: stepKey,
    orderId,
    reason: z.string().min(1).max(64),
    detail: z.string(),
  }),
]);

export type OpenOrder = z.infer<typeof openOrder>;
export type ConfirmOrder = z.infer<typeof confirmOrder>;
export type CloseOrder = z.infer<typeof closeOrder>;

/** Deadlines of one order, in milliseconds: fixed in its history when it is opened, whatever the settings say later. */
export interface OrderDeadlines {
  readonly dispatchWithinMs: number;
  readonly deliveryWithinMs: number;
  readonly stepWithinMs: number;
  readonly undoWithinMs: number;
}

/** The book of orders. */
export interface Orders {
  /**
   * Enters an order for the saga of this run.
   * @throws RefusalError of type `order-exists` when another saga has entered it
   */
  openOrder(input: OpenOrder): Promise<void>;
  confirmOrder(input: ConfirmOrder): Promise<void>;
  closeOrder(input: CloseOrder): Promise<void>;
}

export function createOrderActivities(orders: Orders, deadlines: OrderDeadlines) {
  return {
    openOrder: activity(openOrder, async (input): Promise<OrderDeadlines> => {
      await orders.openOrder(input);
      return deadlines;
    }),
    confirmOrder: activity(confirmOrder, (input) => orders.confirmOrder(input)),
    closeOrder: activity(closeOrder, (input) => orders.closeOrder(input)),
  };
}

export type OrderActivities = ReturnType<typeof createOrderActivities>;
