import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { DomainEvent } from '../../../contracts';
import { OCCURRENCE_MEMO, SEARCH_ATTRIBUTES, withoutEscapes } from '../../../contracts';
import { failureMessage, plainText, plainValue, textOf, valueOf } from '../connection/payload';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;
type Timestamp = NonNullable<HistoryEvent['eventTime']>;

/** An entry of a workflow's history, in the words that the workflow's author gave it. */
export type HistoryEntry = { readonly at: Date } & (
  | {
      readonly kind: 'started';
      readonly workflow: string;
      readonly runId: string;
      /** For a process that recurs. */
      readonly occurrence?: string;
    }
  /** A signal, with the identity of its event if it carries one. */
  | { readonly kind: 'event'; readonly name: string; readonly source?: string; readonly id?: string }
  | ({ readonly kind: 'done' } & Activity)
  | ({ readonly kind: 'failed'; readonly message: string } & Activity)
  | { readonly kind: 'deadline'; readonly summary: string }
  | { readonly kind: 'state'; readonly state: string }
  | { readonly kind: 'ended'; readonly how: End; readonly state?: string; readonly message?: string }
);

interface Activity {
  readonly activity: string;
  readonly summary: string;
  /** Run by the workflow's own worker, within a workflow task. */
  readonly local: boolean;
}

export type End = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | 'continued-as-new';

/** The marker with which the SDK's core records a local activity. */
const LOCAL_ACTIVITY = 'core_local_activity';

/**
 * Reads the history of one run.
 *
 * @param options.follow reads on as the history grows, until the run ends; otherwise reading stops at the present end
 */
export async function* historyEntries(
  client: Client,
  workflowId: string,
  runId: string,
  { follow = true } = {},
): AsyncGenerator<HistoryEntry> {
  const scheduled = new Map<string, Activity>();
  const timers = new Map<string, string>();
  for await (const event of historyEvents(client, workflowId, runId, follow)) {
    const started = event.activityTaskScheduledEventAttributes;
    if (started) {
      const activity = started.activityType?.name ?? '';
      const summary = (await summaryIn(client, event)) ?? activity;
      scheduled.set(String(event.eventId), { activity, summary, local: false });
    }
    const timer = event.timerStartedEventAttributes && (await summaryIn(client, event));
    if (timer) timers.set(String(event.eventId), timer);
    const what =
      (await historyEntryOf(client, event, scheduled, timers)) ??
      (await localActivityIn(client, event)) ??
      (await endIn(client, event));
    if (what) yield { at: timeOf(event.eventTime), ...what };
  }
}

type What = HistoryEntry extends infer Each ? (Each extends HistoryEntry ? Omit<Each, 'at'> : never) : never;

async function historyEntryOf(
  client: Client,
  event: HistoryEvent,
  scheduled: ReadonlyMap<string, Activity>,
  timers: ReadonlyMap<string, string>,
): Promise<What | undefined> {
  const opened = event.workflowExecutionStartedEventAttributes;
  if (opened) {
    const runId = opened.originalExecutionRunId ?? '';
    const occurrence = await textOf(client, opened.memo?.fields?.[OCCURRENCE_MEMO]);
    const workflow = opened.workflowType?.name ?? '';
    return { kind: 'started', workflow, runId, ...(occurrence !== undefined && { occurrence }) };
  }

  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) {
    return {
      kind: 'event',
      name: signal.signalName ?? '',
      ...(await identityIn(client, signal.input?.payloads?.[0])),
    };
  }

  const completed = event.activityTaskCompletedEventAttributes;
  const done = completed && scheduled.get(String(completed.scheduledEventId));
  if (done) return { kind: 'done', ...done };

  const failure = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  const failed = failure && scheduled.get(String(failure.scheduledEventId));
  if (failed)
    return { kind: 'failed', ...failed, message: (await failureMessage(client, failure.failure)) ?? '' };

  const fired = event.timerFiredEventAttributes;
  const summary = fired && timers.get(String(fired.startedEventId));
  if (summary) return { kind: 'deadline', summary };

  const changed = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  const state = changed?.[SEARCH_ATTRIBUTES.sagaState];
  return state ? { kind: 'state', state: plainText(state) } : undefined;
}

/** The summary as plain text. */
async function summaryIn(client: Client, { userMetadata }: HistoryEvent): Promise<string | undefined> {
  const summary = await textOf(client, userMetadata?.summary);
  return summary === undefined ? undefined : withoutEscapes(summary);
}

async function localActivityIn(client: Client, event: HistoryEvent): Promise<What | undefined> {
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== LOCAL_ACTIVITY) return undefined;
  const data = plainValue(marker.details?.['data']?.payloads?.[0]);
  const activity =
    typeof data === 'object' && data !== null && 'activity_type' in data ? String(data.activity_type) : '';
  const ran = {
    activity,
    summary: (await summaryIn(client, event)) ?? activity,
    local: true,
  };
  return marker.failure
    ? { kind: 'failed', ...ran, message: (await failureMessage(client, marker.failure)) ?? '' }
    : { kind: 'done', ...ran };
}

const ENDS = {
  EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: 'completed',
  EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: 'failed',
  EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: 'cancelled',
  EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: 'terminated',
  EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: 'timed-out',
  EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'continued-as-new',
} as const;

async function endIn(client: Client, event: HistoryEvent): Promise<What | undefined> {
  const type = temporal.api.enums.v1.EventType[event.eventType ?? 0] as keyof typeof ENDS | undefined;
  const how = type && (ENDS[type] as End | undefined);
  if (!how) return undefined;
  const result = await valueOf(
    client,
    event.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0],
  );
  const state =
    typeof result === 'object' && result !== null && 'state' in result ? String(result.state) : undefined;
  const message =
    (await failureMessage(client, event.workflowExecutionFailedEventAttributes?.failure)) ??
    event.workflowExecutionTerminatedEventAttributes?.reason ??
    undefined;
  return { kind: 'ended', how, ...(state && { state }), ...(message && { message }) };
}

/** The identity of a signal's event; empty for a signal without one, because a person may send anything. */
async function identityIn(
  client: Client,
  payload: Payload | null | undefined,
): Promise<{ source?: string; id?: string }> {
  const value = await valueOf(client, payload);
  if (typeof value !== 'object' || value === null) return {};
  const { source, id } = value as Partial<DomainEvent>;
  return typeof source === 'string' && typeof id === 'string' ? { source, id } : {};
}

function timeOf(time: Timestamp | null | undefined): Date {
  return new Date(Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6);
}

const POLL_MS = 30_000;

export async function* historyEvents(
  client: Client,
  workflowId: string,
  runId: string,
  follow: boolean,
): AsyncGenerator<HistoryEvent> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await client.withDeadline(Date.now() + POLL_MS, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        waitNewEvent: follow,
        nextPageToken,
      }),
    );
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
}
