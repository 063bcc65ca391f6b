import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../adapters/postgres';
import { identityOf } from '../contracts';

/** What an event is known by. */
export interface Identified {
  readonly source: string;
  readonly id: string;
}

/**
 * Longer than the stream keeps an event (30 days, docs/adr/0011-batchers.md): nothing older can come again but from
 * its publisher.
 */
const REMEMBERED_FOR = '40 days';
/** Forgotten at each flush for each event that it remembers: the table cannot grow for good, and no flush is long. */
const FORGOTTEN_FOR_EACH = 2;

/**
 * Applies the events of a batch, each once, however often and in whatever batches they come: the effect and the
 * memory of its events are one transaction. The cost for each event is one row of some 100 bytes, kept for 40 days.
 *
 * @param effect name of what is done with them: an event may be applied to each effect once
 * @param work gets those that were never applied, in their order; is not called where there are none
 * @returns how many those were
 *
 * @example
 * await applyEachOnce(database, 'readings', batch.events, async (transaction, events) => {
 *   for (const { key } of events)
 *     await transaction.query('update devices.readings set count = count + 1 where device_id = $1', [key]);
 * });
 */
export async function applyEachOnce<Event extends Identified>(
  database: Database,
  effect: string,
  events: readonly Event[],
  work: (tx: Transaction, events: readonly Event[]) => Promise<void>,
): Promise<number> {
  const byHash = new Map<string, Event>();
  // A batch may have an event twice: the first one counts.
  for (const event of events) {
    const hash = hashOf(effect, event);
    if (!byHash.has(hash)) byHash.set(hash, event);
  }
  return database.transaction(async (tx) => {
    // In one order, so that two attempts at the same events wait for each other, and never in a circle.
    const inserted = await tx.query<{ event: string }>(
      `insert into sagaline.applied_events (event) select unnest($1::uuid[]) on conflict do nothing returning event`,
      [[...byHash.keys()].sort()],
    );
    const fresh = new Set(inserted.map(({ event }) => event));
    if (fresh.size === 0) return 0;
    await work(
      tx,
      [...byHash].filter(([hash]) => fresh.has(hash)).map(([, event]) => event),
    );
    await forgetOldest(tx, fresh.size * FORGOTTEN_FOR_EACH);
    return fresh.size;
  });
}

async function forgetOldest(tx: Transaction, atMost: number): Promise<void> {
  await tx.query(
    `delete from sagaline.applied_events where event in (
       select event from sagaline.applied_events where applied_at < now() - interval '${REMEMBERED_FOR}'
        order by applied_at limit $1 for update skip locked)`,
    [atMost],
  );
}

/** As PostgreSQL writes a uuid. */
function hashOf(effect: string, event: Identified): string {
  const hex = createHash('sha256')
    .update(`${effect} ${identityOf(event)}`)
    .digest('hex');
  return [0, 8, 12, 16, 20].map((from, at) => hex.slice(from, [8, 12, 16, 20, 32][at])).join('-');
}
