import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { isCorrelationKey, SEARCH_ATTRIBUTES } from '../../contracts';

const CORRELATION_ID = defineSearchAttributeKey(SEARCH_ATTRIBUTES.correlationId, SearchAttributeType.KEYWORD);
/** Keys in one query. */
const AT_ONCE = 50;
const ASK_MS = 10_000;

/**
 * Which of these correlation keys Temporal knows a workflow of, open or closed: an open one goes on, and a closed one may be
 * reset for as long as it is known. Its list is some moments behind; for processes that have been quiet for weeks that does
 * not matter.
 */
export async function knownProcesses(client: Client, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  const asked = keys.filter(isCorrelationKey);
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const some = asked.slice(from, from + AT_ONCE).map((key) => `'${key}'`);
    const query = `${SEARCH_ATTRIBUTES.correlationId} IN (${some.join(', ')})`;
    await client.withDeadline(Date.now() + ASK_MS, async () => {
      for await (const { typedSearchAttributes } of client.workflow.list({ query })) {
        const key = typedSearchAttributes.get(CORRELATION_ID);
        if (key !== undefined) known.add(key);
      }
    });
  }
  return known;
}
