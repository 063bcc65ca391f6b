import type { Database, Transaction } from '../../adapters/postgres';
import type { KeyFile } from '../codec/key-file';
import { unwrapKey, wrapKey } from './wrap';

/** A data key of a data subject: the one in use, or one that was destroyed. */
export interface SubjectKey {
  readonly id: string;
  readonly createdAt: Date;
  readonly destroyedAt?: Date | undefined;
  readonly destroyedBy?: string | undefined;
}

/** What is known of a data subject. */
export interface KnownSubject {
  readonly keys: readonly SubjectKey[];
  /** The correlation keys of the processes that have got its data, the latest first. */
  readonly processes: readonly string[];
}

/** Keys that are wrapped anew in one transaction. */
const PORTION = 200;

export async function findSubject(database: Transaction, subject: string): Promise<KnownSubject> {
  const keys = await database.query<{
    id: string;
    created_at: Date;
    destroyed_at: Date | null;
    destroyed_by: string | null;
  }>(
    `select id, created_at, destroyed_at, destroyed_by from sagaline.data_keys
      where subject = $1 order by created_at`,
    [subject],
  );
  const uses = await database.query<{ process: string }>(
    `select process from sagaline.data_key_uses where key_id = any($1) group by process order by max(used_at) desc`,
    [keys.map(({ id }) => id)],
  );
  return {
    keys: keys.map(({ id, created_at: createdAt, destroyed_at: destroyedAt, destroyed_by: destroyedBy }) => ({
      id,
      createdAt,
      ...(destroyedAt && { destroyedAt }),
      ...(destroyedBy !== null && { destroyedBy }),
    })),
    processes: uses.map(({ process }) => process),
  };
}

/** Who erases a data subject, and why: it stays beside the destroyed key. */
export interface Erasure {
  readonly subject: string;
  readonly by: string;
  readonly why: string;
}

export type Erased =
  | { readonly kind: 'erased'; readonly keyIds: readonly string[]; readonly processes: readonly string[] }
  | { readonly kind: 'open'; readonly open: readonly string[] };

/**
 * Destroys the key of a data subject, unless processes that have got its data are still open. The key is locked meanwhile:
 * an event that is encrypted at the same time gets a new key.
 *
 * @param openOf returns those that are open; asked with the correlation keys of the processes
 */
export async function eraseSubject(
  database: Database,
  { subject, by, why }: Erasure,
  openOf: (processes: readonly string[]) => Promise<readonly string[]>,
): Promise<Erased> {
  return database.transaction(async (tx) => {
    const keys = await tx.query<{ id: string }>(
      'select id from sagaline.data_keys where subject = $1 and destroyed_at is null for update',
      [subject],
    );
    const { processes } = await findSubject(tx, subject);
    const open = await openOf(processes);
    if (open.length > 0) return { kind: 'open', open };
    const keyIds = keys.map(({ id }) => id);
    await tx.query(
      `update sagaline.data_keys
          set wrapped = null, destroyed_at = now(), destroyed_by = $2, destroyed_why = $3
        where id = any($1)`,
      [keyIds, by, why],
    );
    return { kind: 'erased', keyIds, processes };
  });
}

/** Wraps all keys anew that another master key than the first has wrapped. @returns how many */
export async function rewrapKeys(database: Database, masterKeys: KeyFile): Promise<number> {
  const ring = masterKeys.newest();
  for (let done = 0; ;) {
    const portion = await database.transaction(async (tx) => {
      const rows = await tx.query<{ id: string; wrapped: Buffer; master_key: string }>(
        `select id, wrapped, master_key from sagaline.data_keys
          where destroyed_at is null and master_key <> $1 order by id limit ${PORTION} for update`,
        [ring.first.id],
      );
      for (const { id, wrapped, master_key: masterKey } of rows) {
        const next = wrapKey(ring, id, unwrapKey(ring, id, { masterKey, wrapped }));
        await tx.query('update sagaline.data_keys set wrapped = $2, master_key = $3 where id = $1', [
          id,
          next.wrapped,
          next.masterKey,
        ]);
      }
      return rows.length;
    });
    done += portion;
    if (portion < PORTION) return done;
  }
}
