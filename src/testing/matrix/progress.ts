import { tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { HistoryEvent } from '../replay/recorded-command';

/** An ordinary activity without a result. */
export interface PendingActivity {
  readonly activityId: string;
  /** Milliseconds that the server waits after this number of attempts. */
  readonly pauseAfter: (attempts: number) => number;
}

/** What a workflow is doing, according to its history. */
export type Progress =
  /** It has a workflow task. */
  | { readonly kind: 'busy' }
  /** It waits for activities, and has nothing else to do. */
  | { readonly kind: 'pending'; readonly activities: readonly PendingActivity[] }
  /** It waits for events until its timers fire, at these instants. */
  | { readonly kind: 'waiting'; readonly timers: readonly number[] }
  /** The code has failed; Temporal would repeat the task for ever. */
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'closed' };

const { UNHANDLED_COMMAND } = {
  // An event arrived while the workflow was about to close: the task is repeated, as it should be.
  UNHANDLED_COMMAND:
    temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
};

export function progressOf(events: readonly HistoryEvent[]): Progress {
  let task = false;
  const activities = new Map<string, PendingActivity>();
  const timers = new Map<string, number>();
  for (const event of events) {
    if (isClose(event)) return { kind: 'closed' };
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed && failed.cause !== UNHANDLED_COMMAND) {
      return { kind: 'broken', message: failed.failure?.message ?? 'a workflow task has failed' };
    }
    if (event.workflowTaskScheduledEventAttributes) task = true;
    if (event.workflowTaskCompletedEventAttributes ?? failed) task = false;

    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) activities.set(String(event.eventId), pendingActivity(scheduled));
    const ended = endOfActivity(event);
    if (ended) activities.delete(String(ended.scheduledEventId));

    const timer = event.timerStartedEventAttributes;
    if (timer) {
      const due = tsToMs(event.eventTime) + tsToMs(timer.startToFireTimeout);
      timers.set(timer.timerId ?? '', due);
    }
    const gone = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (gone) timers.delete(gone.timerId ?? '');
  }
  if (task) return { kind: 'busy' };
  if (activities.size > 0) return { kind: 'pending', activities: [...activities.values()] };
  return { kind: 'waiting', timers: [...timers.values()] };
}

/** Whether a workflow task has processed the cancellation, or no task needs to. */
export function hasDealtWithCancellation(events: readonly HistoryEvent[]): boolean {
  const asked = events.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes);
  const after = asked < 0 ? [] : events.slice(asked);
  const started = after.findIndex((event) => event.workflowTaskStartedEventAttributes);
  if (started < 0) return events.some(isClose);
  return (
    after.slice(started).some((event) => event.workflowTaskCompletedEventAttributes) || after.some(isClose)
  );
}

/** Ids of the ordinary activities that have not ended in a history. */
export function unfinishedIn(events: readonly HistoryEvent[]): string[] {
  const open = new Map<string, string>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) open.set(String(event.eventId), scheduled.activityId ?? '');
    const ended = endOfActivity(event);
    if (ended) open.delete(String(ended.scheduledEventId));
  }
  return [...open.values()];
}

function endOfActivity(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

export function isClose(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionCanceledEventAttributes ??
    event.workflowExecutionTerminatedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes,
  );
}

type Scheduled = NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>;

/** Temporal's defaults of a retry policy (https://docs.temporal.io/encyclopedia/retry-policies). */
const INTERVAL_MS = 1_000;
const COEFFICIENT = 2;
const INTERVALS = 100;

function pendingActivity({ activityId, retryPolicy }: Scheduled): PendingActivity {
  const initial = retryPolicy?.initialInterval ? tsToMs(retryPolicy.initialInterval) : INTERVAL_MS;
  const longest = retryPolicy?.maximumInterval ? tsToMs(retryPolicy.maximumInterval) : initial * INTERVALS;
  const coefficient = retryPolicy?.backoffCoefficient ?? COEFFICIENT;
  return {
    activityId: activityId ?? '',
    pauseAfter: (attempts) => Math.min(longest, initial * coefficient ** (attempts - 1)),
  };
}
