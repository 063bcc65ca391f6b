import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from './activities';

const { work } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', taskQueue: 'capacity-work' });

/** Two steps, one after the other; each takes a slot for its time. */
export async function job(stepsMs: readonly number[]): Promise<void> {
  for (const ms of stepsMs) await work(ms);
}
