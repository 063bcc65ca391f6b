// Who polls a task queue, one entry for each worker.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;

const ASK_MS = 2_000;

export interface Poller {
  readonly identity: string;
  /** Time of its last poll, by the server's clock. */
  readonly polledAt: Date;
}

/** The workers that have polled a task queue in the last five minutes, as far as the server knows. */
export async function pollersOf(
  client: Client,
  queue: { readonly taskQueue: string; readonly type: 'workflow' | 'activity' },
): Promise<readonly Poller[]> {
  const { namespace } = client.options;
  const { pollers } = await client.withDeadline(Date.now() + ASK_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue.taskQueue },
      taskQueueType: queue.type === 'workflow' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
    }),
  );
  return pollers.map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    polledAt: new Date(Number(lastAccessTime?.seconds ?? 0) * 1_000),
  }));
}
