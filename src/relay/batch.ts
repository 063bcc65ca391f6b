import type { Publish } from '../adapters/nats';
import type { Database } from '../adapters/postgres';

/** Rows read and marked together; published in parallel but for those of one entity. */
const BATCH = 200;

interface OutboxRow {
  readonly id: string;
  readonly entity: string;
  readonly event_id: string;
  readonly source: string;
  readonly subject: string;
  readonly body: Buffer;
  readonly headers: Record<string, string> | null;
}

/**
 * Publishes the oldest unpublished rows, those of one entity one after the other, and marks the ones that JetStream has
 * confirmed.
 *
 * @returns how many were published
 * @throws NotPublishedError when JetStream did not confirm one; what was confirmed before it is marked all the same
 */
export async function publishBatch(database: Database, publish: Publish): Promise<number> {
  const rows = await database.query<OutboxRow>(
    `select id, entity, event_id, source, subject, body, headers from sagaline.outbox
      where published_at is null order by id limit ${BATCH}`,
  );
  const published: string[] = [];
  const results = await Promise.allSettled(
    [...byEntity(rows).values()].map(async (ofEntity) => {
      for (const { id, event_id, source, subject, body, headers } of ofEntity) {
        await publish({ id: event_id, source, subject, body, ...(headers && { headers }) });
        published.push(id);
      }
    }),
  );
  if (published.length > 0) {
    await database.query('update sagaline.outbox set published_at = now() where id = any($1)', [published]);
  }
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return published.length;
}

function byEntity(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const entities = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const known = entities.get(row.entity);
    if (known) known.push(row);
    else entities.set(row.entity, [row]);
  }
  return entities;
}
