import type { Database } from '../adapters/postgres';

export interface UnpublishedEvent {
  readonly subject: string;
  readonly id: string;
  readonly createdAt: Date;
}

/** More than one process ever has; a few accumulate while no relay runs. */
const AT_MOST = 100;

/** Returns the events of a correlation key that are in the outbox, and that the relay has not published yet. */
export async function unpublishedOf(database: Database, key: string): Promise<UnpublishedEvent[]> {
  const rows = await database.query<{ subject: string; event_id: string; created_at: Date }>(
    `select subject, event_id, created_at from sagaline.outbox
      where published_at is null and right(subject, length($1) + 1) = '.' || $1 order by id limit ${AT_MOST}`,
    [key],
  );
  return rows.map(({ subject, event_id, created_at }) => ({ subject, id: event_id, createdAt: created_at }));
}
