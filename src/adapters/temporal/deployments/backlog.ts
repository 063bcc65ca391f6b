import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { TASK_QUEUE_TYPE_WORKFLOW } = temporal.api.enums.v1.TaskQueueType;

/** Often enough to notice before thousands pile up, seldom enough to cost nothing. */
const LOOK_MS = 2_000;
const ANSWER_MS = 2_000;

export interface BacklogWatch {
  stop(): Promise<void>;
}

/**
 * Checks how many workflow tasks wait for a worker, and calls `fellBehind` at each check in which one of the task
 * queues has more than `most`. Temporal keeps these tasks safe, but an event that waits in the stream costs less than
 * a waiting task, and does not delay what people do by hand.
 *
 * The number is Temporal's own estimate (`approximate_backlog_count` of DescribeTaskQueue); a task queue for which it
 * does not answer counts as empty.
 */
export function watchBacklog(
  client: Client,
  options: { taskQueues: readonly string[]; most: number; fellBehind: () => void },
): BacklogWatch {
  const { taskQueues, most, fellBehind } = options;
  const stopping = new AbortController();
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const backlogs = await Promise.all(taskQueues.map((name) => backlogOf(client, name).catch(() => 0)));
      if (Math.max(...backlogs) > most) fellBehind();
      await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}

export async function backlogOf(client: Client, name: string): Promise<number> {
  const { namespace } = client.options;
  const { stats } = await client.withDeadline(Date.now() + ANSWER_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
      reportStats: true,
    }),
  );
  return Number(stats?.approximateBacklogCount ?? 0);
}
