import type { Client } from '@temporalio/client';
import { CORRELATION_ID, correlationKeyOf, isCorrelationKey, processOf } from '../../../contracts';
import { occurrenceIn } from './latest-run';

/** Keys in one query. */
const AT_ONCE = 50;
const ASK_MS = 10_000;

/**
 * Finds out for which of these processes Temporal knows a workflow, open or closed: an open one goes on, and a closed
 * one may be reset as long as Temporal knows it. A process is a correlation key, or one of its occurrences.
 * Temporal's list is some moments behind, which does not matter for processes that have been quiet for weeks.
 */
export async function knownProcesses(
  client: Client,
  processes: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  const asked = [...new Set(processes.map(correlationKeyOf))].filter(isCorrelationKey);
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const some = asked.slice(from, from + AT_ONCE).map((key) => `'${key}'`);
    const query = `${CORRELATION_ID.name} IN (${some.join(', ')})`;
    await client.withDeadline(Date.now() + ASK_MS, async () => {
      for await (const { typedSearchAttributes, memo } of client.workflow.list({ query })) {
        const key = typedSearchAttributes.get(CORRELATION_ID);
        if (key === undefined) continue;
        const occurrence = occurrenceIn(memo);
        known.add(key);
        if (occurrence !== undefined) known.add(processOf(key, occurrence));
      }
    });
  }
  return known;
}
