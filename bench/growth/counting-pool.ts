import path from 'node:path';
import { TASK_QUEUES } from '../../src/domains/shop/names';
import type { Pool } from '../../workers/pools';

/** In the place of the pool `orders`: the events of orders reach workflows that only write them down. */
export const countingPool: Pool = {
  taskQueue: TASK_QUEUES.orders,
  workflowsPath: path.join(__dirname, 'counting'),
  activities: () => ({}),
};
