// How many workflows began and ended lately, and how long they took.
import type { Client } from '@temporalio/client';
import { quoted } from './quoted';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';

const ASK_MS = 5_000;
/** Workflows that are read for their times, the latest ones: enough for a median, few enough for every few seconds. */
const LOOKED_AT = 100;

/** What began and ended within a time. */
export interface Flow {
  readonly started: number;
  readonly ended: number;
  /** The latest of those that began, at most 100. */
  readonly latestStarted: readonly Saga[];
  /** Some of those that ended, at most 100. */
  readonly someEnded: readonly Saga[];
}

/**
 * Counts the workflows that began and ended since a time. Temporal's lists may be a moment behind.
 *
 * @param options.types the types that count; none: nothing is asked
 */
export function flowSince(
  client: Client,
  { types, since }: { readonly types: readonly string[]; readonly since: Date },
): Promise<Flow> {
  if (types.length === 0) return Promise.resolve({ started: 0, ended: 0, latestStarted: [], someEnded: [] });
  const ofTypes = `WorkflowType IN (${types.map(quoted).join(', ')})`;
  const began = `${ofTypes} AND StartTime >= "${since.toISOString()}"`;
  const closed = `${ofTypes} AND CloseTime >= "${since.toISOString()}"`;
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    const [started, ended] = await Promise.all([client.workflow.count(began), client.workflow.count(closed)]);
    return {
      started: started.count,
      ended: ended.count,
      latestStarted: started.count > 0 ? await some(client, began) : [],
      someEnded: ended.count > 0 ? await some(client, closed) : [],
    };
  });
}

async function some(client: Client, query: string): Promise<Saga[]> {
  const found: Saga[] = [];
  for await (const workflow of client.workflow.list({ query, pageSize: LOOKED_AT }))
    if (found.push(sagaOf(workflow)) === LOOKED_AT) break;
  return found;
}
