import path from 'node:path';
import { definePool } from '../../src/runtime/app';
import { orders } from '../../workers/orders';
import { SAMPLE_QUEUE } from './names';

/** The counterpart of the pool `orders` for the order in the sample's style: its workflows and the orders' steps. */
export const samplePool = definePool({
  ...orders,
  taskQueue: SAMPLE_QUEUE,
  workflows: path.join(__dirname, 'sample'),
});
