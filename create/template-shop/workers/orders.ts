import { definePool } from 'sagaline';
import { createDeadLetterActivities } from 'sagaline/activities';
import { createConfirmOrderActivities } from '../activities/confirm-order';
import { createPostgresConfirmOrder } from '../activities/confirm-order.postgres';
import { createReserveStockActivities } from '../activities/reserve-stock';
import { createPostgresReserveStock } from '../activities/reserve-stock.postgres';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

export const ordersPool = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.orders,
  publishes: ['orders'],
  workflows: 'workflows/orders',
  activities: ({ database }) => ({
    ...createDeadLetterActivities(database),
    ...createReserveStockActivities(createPostgresReserveStock(database)),
    ...createConfirmOrderActivities(createPostgresConfirmOrder(database)),
  }),
});
