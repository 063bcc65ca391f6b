import path from 'node:path';
import type { Pool } from '../../workers/pools';
import { pools } from '../../workers/pools';
import { SAMPLE_QUEUE } from './names';

/** What the pool `orders` is to our order, this is to the one in the sample's style: its workflows and the orders' steps. */
export const samplePool: Pool = {
  ...pools.orders,
  taskQueue: SAMPLE_QUEUE,
  workflowsPath: path.join(__dirname, 'sample'),
};
