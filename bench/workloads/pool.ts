import path from 'node:path';
import type { Pool } from '../../workers/pools';
import { workloadActivities } from './activities';
import { WORKLOADS_QUEUE } from './names';

export const workloadsPool: Pool = {
  taskQueue: WORKLOADS_QUEUE,
  workflowsPath: path.join(__dirname, 'workflows'),
  activities: () => workloadActivities,
};
