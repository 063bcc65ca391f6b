import type { Database } from 'sagaline/activities';
import { doOnce, writeOutbox } from 'sagaline/activities';
import { orderConfirmed } from '../domains/shop/events';
import type { ConfirmOrder } from './confirm-order';

/** The order and the event about it are written in one transaction; the relay publishes the event. */
export function createPostgresConfirmOrder(database: Database): ConfirmOrder {
  return {
    confirmOrder: ({ key, orderId }) =>
      doOnce(database, key, async (tx) => {
        await tx.query('insert into shop.confirmed_orders (order_id) values ($1)', [orderId]);
        await writeOutbox(tx, { key, context: 'orders', contract: orderConfirmed, data: { orderId } });
      }),
  };
}
