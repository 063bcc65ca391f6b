import path from 'node:path';
import { shop } from '../../domains/shop';
import { definePool } from '../../src/runtime/app';
import { workloadActivities } from './activities';
import { WORKLOADS_QUEUE } from './names';

export const workloadsPool = definePool({
  domain: shop,
  taskQueue: WORKLOADS_QUEUE,
  workflows: path.join(__dirname, 'workflows'),
  activities: () => workloadActivities,
});
