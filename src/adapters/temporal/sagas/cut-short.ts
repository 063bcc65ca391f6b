// Workflows that were ended from outside, without a chance to compensate.
import type { Client } from '@temporalio/client';
import { CORRELATION_ID } from '../../../contracts';
import { quoted } from './quoted';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';

const ASK_MS = 5_000;
/** More of them are one incident. */
const MOST = 50;

/**
 * Finds processes that were terminated or timed out, the latest first, without those whose key has a later workflow that
 * runs or has completed: a reset, a repair, or the next process of that key.
 *
 * @param options.types the types of the processes
 * @param options.since only what has closed after this time
 */
export function cutShortSince(
  client: Client,
  { types, since }: { readonly types: readonly string[]; readonly since: Date },
): Promise<readonly Saga[]> {
  if (types.length === 0) return Promise.resolve([]);
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    const found = await firstOf(client, [
      'ExecutionStatus IN ("Terminated", "TimedOut")',
      `CloseTime >= ${timeOf(since)}`,
      `WorkflowType IN (${listOf(types)})`,
    ]);
    const keys = new Set(found.map(({ key }) => key).filter((key) => key !== ''));
    if (keys.size === 0) return found;
    const [earliest] = found
      .map(({ startedAt }) => startedAt)
      .sort((one, other) => one.getTime() - other.getTime());
    const later = await firstOf(client, [
      `${CORRELATION_ID.name} IN (${listOf([...keys])})`,
      'ExecutionStatus IN ("Running", "Completed")',
      `StartTime >= ${timeOf(earliest ?? since)}`,
    ]);
    return found.filter((saga) => !later.some((other) => hasGoneOn(saga, other)));
  });
}

function hasGoneOn(saga: Saga, later: Saga): boolean {
  return later.key === saga.key && later.startedAt >= (saga.closedAt ?? saga.startedAt);
}

async function firstOf(client: Client, conditions: readonly string[]): Promise<Saga[]> {
  const found: Saga[] = [];
  for await (const workflow of client.workflow.list({ query: conditions.join(' AND '), pageSize: MOST })) {
    if (found.push(sagaOf(workflow)) === MOST) break;
  }
  return found;
}

const timeOf = (time: Date) => `"${time.toISOString()}"`;
const listOf = (texts: readonly string[]) => texts.map(quoted).join(', ');
