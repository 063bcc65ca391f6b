import { proxyActivities } from '@temporalio/workflow';

const { shout } = proxyActivities<{ shout(text: string): Promise<string> }>({
  startToCloseTimeout: '10 seconds',
});

/** One step, for what is around it. */
export function shouted(text: string): Promise<string> {
  return shout(text);
}
