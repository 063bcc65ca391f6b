// The limit of a task queue's steps, which the server keeps, whatever its workers ask for.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { statusCode, UNIMPLEMENTED } from '../connection/status';

const { TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;
const ANSWER_MS = 5_000;

/** The server has no limits of task queues: it is older than 1.29. */
export class QueueLimitsUnsupportedError extends Error {
  override readonly name = 'QueueLimitsUnsupportedError';
}

/** A limit that somebody has set on the queue itself. */
export interface QueueLimit {
  readonly perSecond: number;
  readonly reason: string;
  readonly by: string;
}

/** Reads the limit of the activities of a task queue; `undefined` if nobody has set one on the queue. */
export async function readQueueLimit(client: Client, taskQueue: string): Promise<QueueLimit | undefined> {
  const { config } = await client.withDeadline(Date.now() + ANSWER_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
      reportConfig: true,
    }),
  );
  const { rateLimit, metadata } = config?.queueRateLimit ?? {};
  // Without metadata it is a default of the server.
  if (!rateLimit || !metadata) return undefined;
  return {
    perSecond: rateLimit.requestsPerSecond ?? 0,
    reason: metadata.reason ?? '',
    by: metadata.updateIdentity ?? '',
  };
}

/**
 * Sets the limit of the activities of a task queue, over all workers and versions; `undefined` removes it, and that of
 * the workers counts again.
 *
 * @throws QueueLimitsUnsupportedError
 */
export async function setQueueLimit(
  client: Client,
  taskQueue: string,
  { perSecond, reason, by }: Omit<QueueLimit, 'perSecond'> & { readonly perSecond: number | undefined },
): Promise<void> {
  try {
    await client.withDeadline(Date.now() + ANSWER_MS, () =>
      client.workflowService.updateTaskQueueConfig({
        ...{ namespace: client.options.namespace, identity: by, taskQueue },
        taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
        updateQueueRateLimit: {
          ...(perSecond !== undefined && { rateLimit: { requestsPerSecond: perSecond } }),
          reason,
        },
      }),
    );
  } catch (error) {
    if (statusCode(error) !== UNIMPLEMENTED) throw error;
    const message = 'this Temporal server has no limits of task queues: 1.29 or later has them';
    throw new QueueLimitsUnsupportedError(message, { cause: error });
  }
}
