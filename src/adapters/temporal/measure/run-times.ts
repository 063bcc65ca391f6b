// How long the steps of closed workflows have waited and run, from their histories.
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** A history with more events is left out: it would take seconds to read. */
const MOST_EVENTS = 2_000;
/** Histories that are read at once. */
const AT_ONCE = 8;

export interface MeasuredStep {
  readonly taskQueue: string;
  /** Seconds from the request to the start; `undefined` after a retry, when the history does not tell. */
  readonly waited: number | undefined;
  /** Seconds from the start of the last attempt to its end. */
  readonly ran: number;
}

export interface MeasuredRun {
  readonly workflow: string;
  readonly steps: readonly MeasuredStep[];
}

/**
 * Reads the histories of the latest closed workflows. Local activities are not in it: they take a workflow task.
 *
 * @param options.workflows types of workflows
 * @param options.most histories that are read of each type
 */
export async function measureRuns(
  client: Client,
  { workflows, most }: { readonly workflows: readonly string[]; readonly most: number },
): Promise<readonly MeasuredRun[]> {
  const runs: { workflow: string; workflowId: string; runId: string }[] = [];
  for (const workflow of workflows) {
    let found = 0;
    const query = `WorkflowType = '${workflow}' AND ExecutionStatus = 'Completed'`;
    for await (const { workflowId, runId, historyLength } of client.workflow.list({
      query,
      pageSize: most,
    })) {
      if (historyLength <= MOST_EVENTS) runs.push({ workflow, workflowId, runId });
      if (++found >= most) break;
    }
  }
  const measured: MeasuredRun[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE).map(async ({ workflow, workflowId, runId }) => {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      return { workflow, steps: stepsIn(events ?? []) };
    });
    measured.push(...(await Promise.all(some)));
  }
  return measured;
}

/** The ended activities of a history. */
export function stepsIn(events: readonly HistoryEvent[]): MeasuredStep[] {
  const byId = new Map(events.map((event) => [String(event.eventId), event]));
  return events.flatMap((event) => {
    const end = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
    const scheduled = byId.get(String(end?.scheduledEventId));
    const started = byId.get(String(end?.startedEventId));
    if (!end || !scheduled || !started) return [];
    const isFirst = (started.activityTaskStartedEventAttributes?.attempt ?? 1) === 1;
    return [
      {
        taskQueue: scheduled.activityTaskScheduledEventAttributes?.taskQueue?.name ?? '',
        waited: isFirst ? secondsOf(started) - secondsOf(scheduled) : undefined,
        ran: secondsOf(event) - secondsOf(started),
      },
    ];
  });
}

function secondsOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) + (eventTime?.nanos ?? 0) / 1e9;
}
