import type { Publish } from '../adapters/nats';
import { NotPublishedError } from '../adapters/nats';
import type { Database } from '../adapters/postgres';
import type { OutboxPolicy, WrittenRow } from './policy';
import type { Resting } from './resting';

/** Rows that are read and marked together. They are published in parallel, except those of one entity. */
const BATCH = 200;
/** The most characters of a failure's reason, which is for people. */
const MAX_FAILURE = 1_000;

/**
 * The lanes of the outbox. Each has the rows of one stream, by the first token of their subjects: events and dead
 * letters.
 */
export const LANES = ['evt', 'dlq'] as const;
export type Lane = (typeof LANES)[number];

interface OutboxRow extends WrittenRow {
  readonly id: string;
  readonly entity: string;
}

/** The result of publishing a batch. */
export interface Batch {
  readonly published: number;
  /** Rows that the policy or the stream refuses for good, each with the reason. */
  readonly setAside: readonly { readonly id: string; readonly subject: string; readonly failure: string }[];
  /** Why at least one row has to wait: its stream accepts nothing at present, or has not answered. */
  readonly waiting?: unknown;
  /** There may be more rows, which this batch had no room for. */
  readonly isFull: boolean;
}

/** Where the rows of a lane come from, and where they go. */
export interface BatchParts {
  readonly database: Database;
  readonly publish: Publish;
  /** Why a row is not published, whatever the stream says; absent in the database of a producer. */
  readonly policy?: OutboxPolicy | undefined;
  /** The entities whose rows are left out of this batch; those that fail in it are added. */
  readonly resting: Resting;
}

interface Failure {
  readonly row: OutboxRow;
  readonly error: unknown;
}

/**
 * Publishes the oldest waiting rows of a lane, those of one entity one after the other, and marks the rows that
 * JetStream has confirmed. A row that the policy or JetStream refuses for good is set aside with the reason, and the next row of the
 * entity follows: its consumers have to cope with an event that comes late, as after any redrive. After any other
 * failure, the remaining rows of the entity wait, and the entity rests: its rows do not take the places of others.
 */
export async function publishBatch(
  { database, publish, policy, resting }: BatchParts,
  lane: Lane,
): Promise<Batch> {
  const rows = await database.query<OutboxRow>(
    `select id, entity, event_id, source, subject, body, headers, nullif(written_by, current_user) as writer
       from sagaline.outbox
      where lane = $1 and published_at is null and set_aside_at is null and entity <> all($2::text[])
      order by id limit ${BATCH}`,
    [lane, resting.entities()],
  );
  const published: string[] = [];
  const refused: Failure[] = [];
  const waiting: Failure[] = [];
  await Promise.all(
    [...byEntity(rows)].map(async ([entity, ofEntity]) => {
      for (const row of ofEntity) {
        const rejection = policy?.(row);
        if (rejection) {
          refused.push({ row, error: new Error(`${rejection.reason}: ${rejection.detail}`) });
          continue;
        }
        try {
          await publish(messageOf(row));
          published.push(row.id);
        } catch (error) {
          if (!isRefusal(error)) {
            resting.failed(entity);
            return void waiting.push({ row, error });
          }
          refused.push({ row, error });
        }
      }
      resting.ended(entity);
    }),
  );
  if (published.length > 0) {
    await database.query(
      'update sagaline.outbox set published_at = now(), failure = null, failed_at = null where id = any($1)',
      [published],
    );
  }
  await note(database, refused, { setAside: true });
  await note(database, waiting, { setAside: false });
  return {
    published: published.length,
    isFull: rows.length === BATCH,
    setAside: refused.map(({ row: { id, subject }, error }) => ({ id, subject, failure: inWords(error) })),
    ...(waiting[0] && { waiting: waiting[0].error }),
  };
}

/** Records failures. A row that waits is written once for each different failure, and not at each attempt. */
async function note(
  database: Database,
  failures: readonly Failure[],
  { setAside }: { readonly setAside: boolean },
): Promise<void> {
  if (failures.length === 0) return;
  await database.query(
    `update sagaline.outbox o
        set failure = f.failure, failed_at = now(), set_aside_at = case when $3 then now() end
       from unnest($1::bigint[], $2::text[]) as f (id, failure)
      where o.id = f.id and ($3 or o.failure is distinct from f.failure)`,
    [failures.map(({ row }) => row.id), failures.map(({ error }) => inWords(error)), setAside],
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof NotPublishedError && (error.why === 'refused' || error.why === 'not-permitted');
}

function inWords(error: unknown): string {
  const messages: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) messages.push(each.message);
  return (messages.join(': ') || String(error)).slice(0, MAX_FAILURE);
}

function messageOf({ event_id, source, subject, body, headers }: OutboxRow): Parameters<Publish>[0] {
  return { id: event_id, source, subject, body, ...(headers && { headers }) };
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
