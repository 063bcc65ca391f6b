// Where a task queue's new work goes, and who polls for it.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { DeploymentVersion } from './deployment';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;
const { WORKER_VERSIONING_MODE_VERSIONED } = temporal.api.enums.v1.WorkerVersioningMode;

const ASK_MS = 2_000;
/**
 * The server lists a poller for five minutes after its last poll. A poll lasts a minute at most
 * (matching.longPollExpirationInterval), then the next begins. A poller whose last poll is older than this has gone.
 */
export const POLLS_WITHIN_MS = 75_000;

export interface Routing {
  /** The version that gets new work; `undefined` means the workers without versions. */
  readonly current: string | undefined;
  /** The versions whose workers poll, as far as the server knows. */
  readonly polledBy: readonly (string | undefined)[];
}

/**
 * Reads which version gets the new work of a task queue, and which versions poll.
 *
 * @param queue.hasWorkflows whether workflows run on it, or activities only
 */
export async function routingOf(
  client: Client,
  queue: { readonly taskQueue: string; readonly hasWorkflows: boolean },
  now = Date.now(),
): Promise<Routing> {
  const { namespace } = client.options;
  const { versioningInfo, pollers } = await client.withDeadline(now + ASK_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue.taskQueue },
      taskQueueType: queue.hasWorkflows ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
    }),
  );
  const polling = pollers.filter(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > now - POLLS_WITHIN_MS,
  );
  const versions = polling.map(({ deploymentOptions: options }) =>
    options?.workerVersioningMode === WORKER_VERSIONING_MODE_VERSIONED
      ? (options.buildId ?? undefined)
      : undefined,
  );
  return {
    current: versioningInfo?.currentDeploymentVersion?.buildId ?? undefined,
    polledBy: [...new Set(versions)],
  };
}

/**
 * Whether new work reaches a worker: this version gets it, or another version whose workers poll. Otherwise new work
 * waits silently for workers that do not exist.
 */
export function isServed({ current, polledBy }: Routing, { buildId }: DeploymentVersion): boolean {
  return current === buildId || polledBy.includes(current);
}
