import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { DomainEvent, Route } from '../../contracts';
import { workflowIdOf } from '../../contracts';
import type { Outlook } from '../../dead-letters';
import { hasSeen } from './seen';

const ASK_MS = 10_000;
/** An opening event opens these anew: the bridge starts with `ALLOW_DUPLICATE_FAILED_ONLY`. */
const FAILED: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);
const CLOSED: ReadonlySet<string> = new Set([...FAILED, 'COMPLETED']);

/** What would become of an event if the bridge dispatched it on a route now. */
export async function outlookOf(client: Client, event: DomainEvent, route: Route): Promise<Outlook> {
  // An accumulator is opened as often as need be, and drops what it has applied.
  if (route.accumulate) return 'delivered';
  const workflowId = workflowIdOf(route.workflow, event.key);
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    const status = await statusOf(client, workflowId);
    if (status === undefined) return route.opens ? 'delivered' : 'unmatched';
    if (!CLOSED.has(status) || (route.opens && FAILED.has(status))) return 'delivered';
    return (await hasSeen(client, workflowId, event)) ? 'repeated' : 'late';
  });
}

async function statusOf(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
