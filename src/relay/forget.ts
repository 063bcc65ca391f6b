import type { Database } from '../adapters/postgres';

/** Rows that are removed together: this takes some ten milliseconds, for which publishing waits. */
const AT_ONCE = 1_000;

/**
 * Removes rows that were published or discarded before a time, the oldest first; nothing reads them any more. Rows that
 * wait, or are set aside, stay, however old they are.
 *
 * @returns whether there may be more of them
 */
export async function forgetPublished(database: Database, before: Date): Promise<boolean> {
  const removed = await database.query(
    `delete from sagaline.outbox where id in
       (select id from sagaline.outbox where coalesce(published_at, discarded_at) < $1 order by id limit ${AT_ONCE}) returning id`,
    [before],
  );
  return removed.length === AT_ONCE;
}
