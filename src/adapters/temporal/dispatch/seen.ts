import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { DomainEvent, SagaResult } from '../../../contracts';
import { identityOf, isSameContent, readMemory } from '../../../contracts';
import { valueOf } from '../connection/payload';
import { isEvent } from './latest-run';

/** The result of a closed workflow comes at once; a workflow that was opened again meanwhile would not answer. */
const RESULT_MS = 5_000;

/**
 * Whether a closed workflow received this event while it was open. A saga that completed has the events in its
 * result. For one that failed or was terminated, the signals are in its history, run by run back to the first.
 */
export async function hasSeen(client: Client, workflowId: string, event: DomainEvent): Promise<boolean> {
  try {
    const result: unknown = await client.withDeadline(Date.now() + RESULT_MS, () =>
      client.workflow.getHandle(workflowId).result(),
    );
    if (isSagaResult(result)) return result.seen.some((memory) => isThis(readMemory(memory), event));
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
  }
  return historyHas(client, workflowId, event);
}

async function historyHas(client: Client, workflowId: string, event: DomainEvent): Promise<boolean> {
  let runId: string | undefined;
  do {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowExecutionSignaledEventAttributes: signal } of events ?? []) {
      // The signal's name is not compared: the event may have come in an older version, before there was an upcaster.
      const received = await valueOf(client, signal?.input?.payloads?.[0], workflowId);
      if (isEvent(received) && isThis([identityOf(received), received.contentHash], event)) return true;
    }
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  } while (runId !== undefined && runId !== '');
  return false;
}

/**
 * Whether this is the same event. Another event under the same identity is not: the given one was not received, and
 * is late.
 */
function isThis([identity, contentHash]: readonly [string, string | undefined], event: DomainEvent): boolean {
  return identity === identityOf(event) && isSameContent(contentHash, event.contentHash);
}

function isSagaResult(result: unknown): result is SagaResult {
  return typeof result === 'object' && result !== null && 'seen' in result && Array.isArray(result.seen);
}
