import path from 'node:path';
import { TASK_QUEUES } from '../../domains/shop/names';
import { shop } from '../../domains/shop';
import { definePool } from '../../src/runtime/app';

/** Replaces the pool `orders`: the events of orders reach workflows that only record them. */
export const countingPool = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.orders,
  workflows: path.join(__dirname, 'counting'),
  activities: () => ({}),
});
