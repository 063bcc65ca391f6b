import { proxyActivities } from '@temporalio/workflow';

const { shout } = proxyActivities<{ shout(text: string): Promise<string> }>({
  startToCloseTimeout: '10 seconds',
});

/** A workflow of one step, for tests of its interceptors. */
export function shouted(text: string): Promise<string> {
  return shout(text);
}
