import { defaultPayloadConverter } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../contracts';
import type { HistoryEvent } from '../replay/recorded-command';

/**
 * Returns the states that a workflow has shown, in order, beginning with the state that it was opened with.
 *
 * @example
 * const { events } = await client.workflow.getHandle('alert-dev-1').fetchHistory();
 * const states = statesIn(events ?? []); // ['raised', 'acknowledged', 'resolved']
 */
export function statesIn(events: readonly HistoryEvent[]): string[] {
  const states: string[] = [];
  for (const event of events) {
    const attributes =
      event.workflowExecutionStartedEventAttributes?.searchAttributes ??
      event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes;
    const payload = attributes?.indexedFields?.[SEARCH_ATTRIBUTES.sagaState];
    if (!payload) continue;
    const [state] = [defaultPayloadConverter.fromPayload<string | string[]>(payload)].flat();
    if (state !== undefined && state !== states.at(-1)) states.push(state);
  }
  return states;
}

/** How a workflow ended. */
export type End =
  | { readonly kind: 'open' }
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'other'; readonly how: string };

export function endIn(events: readonly HistoryEvent[]): End {
  for (const event of events) {
    const completed = event.workflowExecutionCompletedEventAttributes;
    if (completed) {
      const [payload] = completed.result?.payloads ?? [];
      return { kind: 'completed', result: payload && defaultPayloadConverter.fromPayload(payload) };
    }
    const failed = event.workflowExecutionFailedEventAttributes;
    if (failed) return { kind: 'other', how: `failed: ${failed.failure?.message ?? ''}` };
    if (event.workflowExecutionCanceledEventAttributes) return { kind: 'other', how: 'was cancelled' };
    if (event.workflowExecutionTerminatedEventAttributes) return { kind: 'other', how: 'was terminated' };
    if (event.workflowExecutionTimedOutEventAttributes) return { kind: 'other', how: 'ran out of time' };
  }
  return { kind: 'open' };
}

/** Ids of the calls of ordinary activities, in the order in which the workflow made them. */
export function scheduledIn(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityId ?? ''] : [],
  );
}
