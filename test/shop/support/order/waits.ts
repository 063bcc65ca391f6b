import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { until } from '../../../support/until';

const WAITS_WITHIN_MS = 20_000;

/**
 * Resolves when the workflow has processed everything but these activities. An event that it has received is a pending task
 * at once.
 */
export async function untilItWaits(
  { handle }: { handle: WorkflowHandle },
  wanted: { pendingActivities: number },
): Promise<void> {
  await until(
    'the workflow waits',
    async () => {
      const { raw } = await handle.describe();
      return !raw.pendingWorkflowTask && raw.pendingActivities?.length === wanted.pendingActivities;
    },
    WAITS_WITHIN_MS,
  );
}

/** More than a free machine needs to carry out a workflow task. */
const TASK_WITHIN_MS = 2_000;
const ROUNDS = 5;

/**
 * Lets time pass until a step is given up, and the order is in this state. On a slow machine a step begins after the state
 * says so: then its deadline is not over when this time is.
 */
export async function untilGivenUp(
  env: TestWorkflowEnvironment,
  order: { readonly state: () => Promise<string>; readonly untilState: (state: string) => Promise<void> },
  { withinMs, state }: { readonly withinMs: number; readonly state: string },
): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    await env.sleep(withinMs + 1_000);
    const isGivenUp = until(state, async () => (await order.state()) === state, TASK_WITHIN_MS);
    if (await isGivenUp.catch(() => false)) return;
  }
  await order.untilState(state);
}
