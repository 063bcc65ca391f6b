import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../../src/contracts';

/** The states that a workflow has shown, in their order, the one that it was opened with first. */
export async function shownStates(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const states: string[] = [];
  for (const event of events ?? []) {
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
