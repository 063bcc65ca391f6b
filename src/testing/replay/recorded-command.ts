import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

/** A history as Temporal's client gives it. */
export type History = temporal.api.history.v1.IHistory;
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;

/** Markers with which the SDK's core records commands that the server does not know. */
const LOCAL_ACTIVITY = 'core_local_activity';
const PATCH = 'core_patch';

/** Names the command that an event of a history stands for, for a person; `undefined` for events without a command. */
export function recordedCommand(event: HistoryEvent): string | undefined {
  const summary = textIn(event.userMetadata?.summary);
  const inWords = (what: string) => (summary === undefined ? what : `${what} (“${summary}”)`);

  const activity = event.activityTaskScheduledEventAttributes;
  if (activity) return inWords(`activity ${activity.activityType?.name ?? ''}`);
  const marker = event.markerRecordedEventAttributes;
  if (marker) return inWords(markerInWords(event));
  if (event.timerStartedEventAttributes) return inWords('a timer');
  if (event.timerCanceledEventAttributes) return 'the end of a timer';
  const attributes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  if (attributes) return `search attributes ${attributesInWords(attributes)}`;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (child) return inWords(`child workflow ${child.workflowType?.name ?? ''}`);
  if (event.activityTaskCancelRequestedEventAttributes) return 'the cancellation of an activity';
  if (event.workflowExecutionCompletedEventAttributes) return 'the end: completed';
  if (event.workflowExecutionFailedEventAttributes) return 'the end: failed';
  if (event.workflowExecutionCanceledEventAttributes) return 'the end: cancelled';
  if (event.workflowExecutionContinuedAsNewEventAttributes) return 'the next run (continue-as-new)';
  return undefined;
}

/** The core's number of a local activity, and its type. */
export function localActivityIn({
  markerRecordedEventAttributes: marker,
}: HistoryEvent): { seq: number; name: string } | undefined {
  if (marker?.markerName !== LOCAL_ACTIVITY) return undefined;
  const data = jsonIn(marker.details?.['data']?.payloads?.[0]) as { seq?: number; activity_type?: string };
  return { seq: data.seq ?? 0, name: data.activity_type ?? '' };
}

function markerInWords(event: HistoryEvent): string {
  const local = localActivityIn(event);
  if (local) return `local activity ${local.name}`;
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== PATCH) return `marker ${marker?.markerName ?? ''}`;
  const { id } = jsonIn(marker.details?.['patch-data']?.payloads?.[0]) as { id?: string };
  return `patch ${id ?? ''}`;
}

function attributesInWords(attributes: Record<string, Payload>): string {
  return Object.entries(attributes)
    .map(([name, payload]) => `${name} = ${String(jsonIn(payload))}`)
    .join(', ');
}

function textIn(payload: Payload | null | undefined): string | undefined {
  const value = payload ? jsonIn(payload) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function jsonIn(payload: Payload | null | undefined): unknown {
  if (!payload) return {};
  return defaultPayloadConverter.fromPayload<unknown>(payload);
}
