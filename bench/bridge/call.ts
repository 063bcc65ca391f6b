import type { Client, WorkflowStartOptions } from '@temporalio/client';
import type { DomainEvent } from '../../src/contracts';
import {
  CORRELATION_ID,
  createCatalogue,
  decodeEvent,
  SAGA_STATE,
  STRUCTURED_CONTENT_TYPE,
  workflowIdOf,
} from '../../src/contracts';
import { shop } from '../../domains/shop';
import { order } from '../../domains/shop/workflows';

const catalogue = createCatalogue([shop]);

/** The call as you would write it from Temporal's documentation, without our code: the same call with the same content. */
export async function signalWithStart(client: Client, event: DomainEvent): Promise<void> {
  await client.workflow.signalWithStart(order.name, {
    ...openingOf(event),
    signal: event.type,
    signalArgs: [event],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** The options with which an order's workflow is opened. */
export function openingOf({ key }: DomainEvent, workflowId = workflowIdOf(order, key)) {
  return {
    workflowId,
    taskQueue: order.taskQueue,
    args: [{ key }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    staticSummary: order.summary(key),
    typedSearchAttributes: [
      { key: CORRELATION_ID, value: key },
      { key: SAGA_STATE, value: order.initialState },
    ],
  } satisfies WorkflowStartOptions;
}

export function decoded(body: Uint8Array): DomainEvent {
  const decoding = decodeEvent({ headers: { 'content-type': STRUCTURED_CONTENT_TYPE }, body }, catalogue);
  if (!decoding.ok) throw new Error(decoding.rejection.detail);
  return decoding.event;
}
