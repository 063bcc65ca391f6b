import { proxyActivities } from '@temporalio/workflow';
import type { createActivities } from './activities';

const { reserve } = proxyActivities<ReturnType<typeof createActivities>>({
  taskQueue: 'inventory',
  startToCloseTimeout: '1 minute',
});

/** One step, in another pool. */
export async function order(): Promise<void> {
  await reserve();
}
