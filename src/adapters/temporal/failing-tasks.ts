import type { Client } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { FindStruggles } from './retrying';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';

/** In the place of a step's name. */
const WORKFLOW_TASK = 'workflow task';

/**
 * A workflow that cannot go on, because its workflow tasks fail: non-determinism, or an error that its code throws. It stays in
 * the state in which it was.
 */
export const failingTask: FindStruggles = async (client, described) => {
  const { attempt, originalScheduledTime, scheduledTime } = described.raw.pendingWorkflowTask ?? {};
  const attempts = attempt ?? 0;
  if (attempts <= 1) return [];
  const saga = sagaOf(described);
  const since = optionalTsToDate(originalScheduledTime) ?? optionalTsToDate(scheduledTime) ?? saga.startedAt;
  const lastFailure = await lastTaskFailure(client, saga);
  return [{ saga, step: WORKFLOW_TASK, attempts, since, lastFailure }];
};

/** The first failure of a task is the end of the history; its repeats leave no event. Empty where the task timed out. */
async function lastTaskFailure(client: Client, { workflowId, runId }: Saga): Promise<string> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 10,
  });
  for (const { workflowTaskFailedEventAttributes: failed } of history?.events ?? []) {
    if (!failed) continue;
    const { loadedDataConverter } = client.options;
    const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, failed.failure);
    return error?.message ?? '';
  }
  return '';
}
