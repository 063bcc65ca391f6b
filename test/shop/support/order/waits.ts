import type { WorkflowHandle } from '@temporalio/client';
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
