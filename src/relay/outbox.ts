import type { Database } from '../adapters/postgres';

/** `waiting`: the relay publishes it as soon as its stream accepts it. `set-aside`: it waits for a person. */
export type RowState = 'waiting' | 'set-aside' | 'discarded' | 'published';

/** A row of the outbox, for people. */
export interface OutboxEntry {
  readonly id: number;
  readonly state: RowState;
  readonly entity: string;
  readonly source: string;
  readonly eventId: string;
  readonly subject: string;
  readonly bytes: number;
  readonly createdAt: Date;
  /** Why the latest attempt failed; absent if there was no attempt, or it succeeded. */
  readonly failure?: string;
  readonly failedAt?: Date;
  readonly decidedBy?: string;
  readonly decidedWhy?: string;
}

/** Thrown if a row does not exist, or is not in the state that the command needs; nothing was changed. */
export class OutboxRowError extends Error {
  override readonly name = 'OutboxRowError';
  constructor(
    readonly code: 'unknown-row' | 'not-set-aside',
    message: string,
  ) {
    super(message);
  }
}

interface Row {
  /** A bigint. */
  readonly id: string;
  readonly state: RowState;
  readonly entity: string;
  readonly source: string;
  readonly event_id: string;
  readonly subject: string;
  readonly bytes: number;
  readonly created_at: Date;
  readonly failure: string | null;
  readonly failed_at: Date | null;
  readonly decided_by: string | null;
  readonly decided_why: string | null;
}

const COLUMNS = `id, entity, source, event_id, subject, length(body) as bytes, created_at, failure, failed_at,
  decided_by, decided_why,
  case when published_at is not null then 'published' when discarded_at is not null then 'discarded'
       when set_aside_at is not null then 'set-aside' else 'waiting' end as state`;

/**
 * Lists the rows that are set aside and the rows that wait after a failure, the oldest first. With `all`, it lists
 * every row that waits.
 */
export async function listOutbox(
  database: Database,
  { after = 0, limit, all = false }: { after?: number; limit: number; all?: boolean },
): Promise<{ items: OutboxEntry[]; next?: number }> {
  const rows = await database.query<Row>(
    `select ${COLUMNS} from sagaline.outbox
      where id > $1 and published_at is null and discarded_at is null
        and ($3 or set_aside_at is not null or failure is not null)
      order by id limit $2 + 1`,
    [after, limit, all],
  );
  const items = rows.slice(0, limit).map(entryOf);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, next: last.id } : { items };
}

/**
 * Returns a row with its body.
 *
 * @throws OutboxRowError if the row does not exist
 */
export async function showOutboxRow(
  database: Database,
  id: number,
): Promise<OutboxEntry & { readonly body: Uint8Array }> {
  const [row] = await database.query<Row & { body: Buffer }>(
    `select ${COLUMNS}, body from sagaline.outbox where id = $1`,
    [id],
  );
  if (!row) throw new OutboxRowError('unknown-row', `the outbox has no row ${id}`);
  return { ...entryOf(row), body: row.body };
}

export interface RowDecision {
  readonly kind: 'redrive' | 'discard';
  readonly by: string;
  readonly why?: string | undefined;
}

/**
 * Gives a row that is set aside back to the relay, or records that it is not to be published. The row keeps who made
 * the latest decision, and why.
 *
 * @throws OutboxRowError if the row does not exist, or is not set aside
 */
export async function decideOutboxRow(
  database: Database,
  id: number,
  { kind, by, why }: RowDecision,
): Promise<OutboxEntry> {
  const change = kind === 'redrive' ? 'set_aside_at = null' : 'discarded_at = now()';
  const [row] = await database.query<Row>(
    `update sagaline.outbox set ${change}, decided_by = $2, decided_why = $3
      where id = $1 and set_aside_at is not null and published_at is null and discarded_at is null
      returning ${COLUMNS}`,
    [id, by, why ?? null],
  );
  if (row) return entryOf(row);
  const { state } = await showOutboxRow(database, id);
  throw new OutboxRowError('not-set-aside', `row ${id} is ${state}, and not set aside`);
}

function entryOf(row: Row): OutboxEntry {
  const { id, state, entity, source, event_id, subject, bytes, created_at } = row;
  return {
    ...{ id: Number(id), state, entity, source, eventId: event_id, subject, bytes, createdAt: created_at },
    ...(row.failure !== null && { failure: row.failure }),
    ...(row.failed_at !== null && { failedAt: row.failed_at }),
    ...(row.decided_by !== null && { decidedBy: row.decided_by }),
    ...(row.decided_why !== null && { decidedWhy: row.decided_why }),
  };
}
