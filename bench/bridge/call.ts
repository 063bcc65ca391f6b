import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { DomainEvent } from '../../src/contracts';
import {
  createCatalogue,
  decodeEvent,
  SEARCH_ATTRIBUTES,
  STRUCTURED_CONTENT_TYPE,
  workflowIdOf,
} from '../../src/contracts';
import { shop } from '../../domains/shop';
import { order } from '../../domains/shop/workflows';

const correlationId = defineSearchAttributeKey(SEARCH_ATTRIBUTES.correlationId, SearchAttributeType.KEYWORD);
const sagaState = defineSearchAttributeKey(SEARCH_ATTRIBUTES.sagaState, SearchAttributeType.KEYWORD);
const catalogue = createCatalogue([shop]);

/** What somebody writes who has read Temporal's documentation, and not our code: the same call with the same content. */
export async function signalWithStart(client: Client, event: DomainEvent): Promise<void> {
  await client.workflow.signalWithStart(order.name, {
    ...openingOf(event),
    signal: event.type,
    signalArgs: [event],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** How an order's workflow is opened. */
export function openingOf({ key }: DomainEvent, workflowId = workflowIdOf(order, key)) {
  return {
    workflowId,
    taskQueue: order.taskQueue,
    args: [{ key }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    staticSummary: order.summary(key),
    typedSearchAttributes: [
      { key: correlationId, value: key },
      { key: sagaState, value: order.initialState },
    ],
  } satisfies WorkflowStartOptions;
}

export function decoded(body: Uint8Array): DomainEvent {
  const decoding = decodeEvent({ headers: { 'content-type': STRUCTURED_CONTENT_TYPE }, body }, catalogue);
  if (!decoding.ok) throw new Error(decoding.rejection.detail);
  return decoding.event;
}
