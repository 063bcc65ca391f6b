import { inventory as stock, notifications as messages } from '../../domains/shop/capabilities';
import { definePool } from '../../src/runtime/app';
import type { Role } from '../../src/runtime/role';
import { workerOf } from '../../src/runtime/roles/worker';
import { orders } from '../../workers/orders';

/** The capabilities of an order that work on the orders' own database alone; the others call providers. */
export const PLACED_WITH_ORDERS = [stock, messages];

const placedOrders = definePool({ ...orders, places: PLACED_WITH_ORDERS });

/** The pool `orders` of the shop as it is when it places them: it runs orders of both kinds. */
export const placedOrdersWorker: Role = (context) =>
  workerOf(
    'orders',
    placedOrders,
  )({ ...context, app: { ...context.app, pools: { ...context.app.pools, orders: placedOrders } } });
