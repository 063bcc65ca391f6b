import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;

/** Something that happened in a workflow, in the words that its author gave it. */
export type Happening =
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'done'; readonly activity: string; readonly summary: string }
  | { readonly kind: 'failed'; readonly activity: string; readonly summary: string; readonly message: string }
  | { readonly kind: 'state'; readonly state: string };

/** Reads a history as it grows; ends with the workflow. */
export async function* happenings(
  client: Client,
  workflowId: string,
  runId: string,
): AsyncGenerator<Happening> {
  const scheduled = new Map<string, { activity: string; summary: string }>();
  for await (const event of follow(client, workflowId, runId)) {
    const started = event.activityTaskScheduledEventAttributes;
    if (started) {
      const activity = started.activityType?.name ?? '';
      scheduled.set(String(event.eventId), {
        activity,
        summary: textOf(event.userMetadata?.summary) ?? activity,
      });
    }
    const happening = happeningOf(event, scheduled);
    if (happening) yield happening;
  }
}

function happeningOf(
  event: HistoryEvent,
  scheduled: ReadonlyMap<string, { activity: string; summary: string }>,
): Happening | undefined {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) return { kind: 'event', name: signal.signalName ?? '' };

  const completed = event.activityTaskCompletedEventAttributes;
  const done = completed && scheduled.get(String(completed.scheduledEventId));
  if (done) return { kind: 'done', ...done };

  const failure = event.activityTaskFailedEventAttributes;
  const failed = failure && scheduled.get(String(failure.scheduledEventId));
  if (failed) return { kind: 'failed', ...failed, message: failure.failure?.message ?? '' };

  const state =
    event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields?.['SagaState'];
  return state ? { kind: 'state', state: textOf(state) ?? '' } : undefined;
}

function textOf(payload: Payload | null | undefined): string | undefined {
  return payload ? defaultPayloadConverter.fromPayload<string>(payload) : undefined;
}

const POLL_MS = 30_000;

async function* follow(client: Client, workflowId: string, runId: string): AsyncGenerator<HistoryEvent> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await client.withDeadline(Date.now() + POLL_MS, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        nextPageToken,
      }),
    );
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
}
