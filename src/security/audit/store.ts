import type { Transaction } from '../../adapters/postgres';
import { storableText } from '../../contracts';
import type { AuditKind, AuditRecord, Json } from './record';
import { canonicalJson } from './record';

/** What is to be recorded. PostgreSQL adds position, time, database role and hashes. */
export interface NewAuditRecord {
  readonly actor: string;
  readonly verified: boolean;
  readonly kind: AuditKind;
  readonly action: string;
  readonly target: string;
  readonly details?: Readonly<Record<string, Json | undefined>>;
  readonly refersTo?: number | undefined;
}

/** The names are those of `AuditRecord`. `pg` returns a bigint as text. */
const COLUMNS = `sequence, to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt",
  role, actor, verified, kind, action, target, details, refers_to as "refersTo",
  previous_hash as "previousHash", hash`;

/** `bigint`s come as text. */
interface Row extends Omit<AuditRecord, 'sequence' | 'refersTo'> {
  readonly sequence: string;
  readonly refersTo: string | null;
}

const MAX_NAME = 250;
const MAX_TARGET = 500;

/**
 * Appends one record. It resolves when the record is committed, unless `database` is a transaction of the caller's.
 *
 * @returns the record, with its sequence and hash
 */
export async function appendAuditRecord(
  database: Transaction,
  { actor, verified, kind, action, target, details = {}, refersTo }: NewAuditRecord,
): Promise<AuditRecord> {
  const [row] = await database.query<Row>(
    `insert into sagaline.audit (actor, verified, kind, action, target, details, refers_to)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
    [
      ...[storableText(actor, MAX_NAME), verified, kind, action, storableText(target, MAX_TARGET)],
      ...[canonicalJson(details), refersTo ?? null],
    ],
  );
  if (!row) throw new Error('the audit has not taken the record');
  return recordOf(row);
}

/** Which records a list has; all of the given ones must apply. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly since?: Date | undefined;
  /** Only records of this kind to which no later one refers: changes without an outcome, requests that nobody has approved. */
  readonly unanswered?: 'change' | 'request' | undefined;
  /** Records before this sequence; the newest come first. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Lists records, the newest first. */
export async function listAuditRecords(
  database: Transaction,
  { actor, action, target, since, unanswered, before, limit }: AuditFilter,
): Promise<AuditRecord[]> {
  const rows = await database.query<Row>(
    `select ${COLUMNS} from sagaline.audit as entry
      where ($1::text is null or actor = $1) and ($2::text is null or action = $2)
        and ($3::text is null or target = $3) and ($4::timestamptz is null or recorded_at >= $4)
        and ($5::bigint is null or sequence < $5)
        and ($6::text is null or (kind = $6 and not exists (
              select from sagaline.audit as later where later.refers_to = entry.sequence)))
      order by entry.sequence desc limit $7`,
    [actor ?? null, action ?? null, target ?? null, since ?? null, before ?? null, unanswered ?? null, limit],
  );
  return rows.map(recordOf);
}

/** One record, and the record that refers to it, if there is one. */
export async function findAuditRecord(
  database: Transaction,
  sequence: number,
): Promise<{ readonly record: AuditRecord; readonly answer: AuditRecord | undefined } | undefined> {
  const rows = (
    await database.query<Row>(
      `select ${COLUMNS} from sagaline.audit where sequence = $1 or refers_to = $1 order by sequence`,
      [sequence],
    )
  ).map(recordOf);
  const record = rows.find((each) => each.sequence === sequence);
  return record && { record, answer: rows.find(({ refersTo }) => refersTo === sequence) };
}

/** Records that are in memory at a time: some megabytes. */
const PAGE = 5_000;

/** Reads all records in the order of their sequence, a page at a time. */
export async function* auditRecords(database: Transaction): AsyncGenerator<AuditRecord> {
  for (let last = 0; ;) {
    const rows = await database.query<Row>(
      `select ${COLUMNS} from sagaline.audit where sequence > $1 order by sequence limit ${PAGE}`,
      [last],
    );
    for (const row of rows) yield recordOf(row);
    if (rows.length < PAGE) return;
    last = Number(rows.at(-1)?.sequence);
  }
}

function recordOf({ sequence, refersTo, ...rest }: Row): AuditRecord {
  return {
    ...rest,
    sequence: Number(sequence),
    refersTo: refersTo === null ? undefined : Number(refersTo),
  };
}
