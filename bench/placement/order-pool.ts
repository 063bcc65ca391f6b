import { inventory, notifications, payments, shipping } from '../../domains/shop/capabilities';
import { definePool } from '../../src/runtime/app';
import type { Role } from '../../src/runtime/role';
import { workerOf } from '../../src/runtime/roles/worker';
import { orders } from '../../workers/orders';

/** The capabilities of an order that work on the orders' own database alone. */
export const ON_OUR_DATABASE = [inventory, notifications];
/** Those that call providers as well. */
export const ALL_PLACED = [...ON_OUR_DATABASE, payments, shipping];

const placedOrders = definePool({
  ...orders,
  places: ALL_PLACED,
  providers: ['payment-provider', 'carrier'],
});

/** The pool `orders` of the shop as it is when it places them: it runs orders that begin with any of them placed, or with none. */
export const placedOrdersWorker: Role = (context) =>
  workerOf(
    'orders',
    placedOrders,
  )({ ...context, app: { ...context.app, pools: { ...context.app.pools, orders: placedOrders } } });
