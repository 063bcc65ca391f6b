// The workflow that began first among those of a filter. Temporal lists the youngest first, and sorts in no other way.
import type { Client } from '@temporalio/client';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';

const ASK_MS = 5_000;
/** Workflows that are listed to take the last of them. */
const PAGE = 100;
/** Halvings of the time between the first possible beginning and now: ten years become less than a second. */
const MOST_STEPS = 32;
/** No workflow is older: Temporal's server was first released in 2019. */
const FIRST = Date.parse('2019-01-01T00:00:00Z');

/**
 * Finds the oldest workflow of a filter with few queries, however many there are: the time of the beginning is halved
 * by counting until so few are left that they fit one page.
 *
 * @param query in Temporal's list filter
 * @param before the oldest one of the check before: usually it still is
 */
export function oldestOf(client: Client, query: string, before?: Saga): Promise<Saga | undefined> {
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    const isOlder = (time: number) => `${query} AND StartTime <= "${new Date(time).toISOString()}"`;
    if (before !== undefined) {
      // Temporal's times are finer than a millisecond.
      const still = await lastListed(client, isOlder(before.startedAt.getTime() + 1));
      if (still.last && !still.more) return still.last;
    }
    let [low, high] = [FIRST, Date.now()];
    for (let step = 0; step < MOST_STEPS; step++) {
      const { last, more } = await lastListed(client, isOlder(high));
      if (!more) return last;
      // Between `low`, where none is older, and `high`, where there are more than a page.
      let middle = Math.floor((low + high) / 2);
      while (middle > low && (await client.workflow.count(isOlder(middle))).count === 0) {
        low = middle;
        middle = Math.floor((low + high) / 2);
      }
      if (middle <= low) return last;
      high = middle;
    }
    return undefined;
  });
}

/** The last of one page, and whether the page is not the whole list. */
async function lastListed(
  client: Client,
  query: string,
): Promise<{ readonly last?: Saga; readonly more: boolean }> {
  let last: Saga | undefined;
  let read = 0;
  for await (const found of client.workflow.list({ query, pageSize: PAGE + 1 })) {
    if (read++ === PAGE) return { ...(last && { last }), more: true };
    last = sagaOf(found);
  }
  return { ...(last && { last }), more: false };
}
