import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../adapters/postgres';
import { identityOf } from '../contracts';

/** The identity of an event. */
export interface Identified {
  readonly source: string;
  readonly id: string;
}

/**
 * Longer than the stream keeps an event (30 days, docs/adr/0011-batchers.md): only its publisher can send an older
 * event again.
 */
const REMEMBERED_FOR = '40 days';
/**
 * Old rows that a flush removes for each event that it adds: the table does not grow without end, and no flush takes
 * long.
 */
const FORGOTTEN_FOR_EACH = 2;

/**
 * Applies the events of a batch, each once, however often and in whatever batches they come: the effect and the record
 * of its events are one transaction. Each event costs one row of some 100 bytes, kept for 40 days.
 *
 * @param effect name of the effect: an event may be applied once to each effect
 * @param work gets the events that were never applied, in their order; it is not called if there are none
 * @returns how many events were applied
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
    // Sorted, so that two attempts at the same events wait for each other without a deadlock.
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

/** A hash, in the form in which PostgreSQL writes a uuid. */
function hashOf(effect: string, event: Identified): string {
  const hex = createHash('sha256')
    .update(`${effect} ${identityOf(event)}`)
    .digest('hex');
  return [0, 8, 12, 16, 20].map((from, at) => hex.slice(from, [8, 12, 16, 20, 32][at])).join('-');
}
