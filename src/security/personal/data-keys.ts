import { randomBytes, randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../../adapters/postgres';
import type { KeyFile } from '../codec/key-file';
import { rememberFor } from './remember';
import type { DataKey } from './seal';
import { unwrapKey, wrapKey } from './wrap';

const KEY_BYTES = 32;
/** How long a process keeps a key in clear. An erasure waits this long before it proves that nothing opens. */
export const KEPT_MS = 60_000;
/** The keys that a process keeps; the oldest go first. A thousand are some 200 kB. */
const KEPT_KEYS = 1_000;

/** The data keys of all data subjects. */
export interface DataKeys {
  /** The key of a subject, made if it has none, and a note that a process has got data of it. */
  forProcess(subject: string, process: string, within?: Transaction): Promise<DataKey>;
  /** The key with an id; `erased` once it is destroyed. `unknown` is no key of this database. */
  find(id: string): Promise<DataKey | 'erased' | 'unknown'>;
}

interface KeyRow {
  readonly id: string;
  readonly subject: string;
  readonly wrapped: Buffer | null;
  readonly master_key: string;
}

/** The data keys in PostgreSQL, wrapped by the master keys of a file. */
export function createDataKeys(
  database: Database,
  masterKeys: KeyFile,
  { now = Date.now }: { readonly now?: () => number } = {},
): DataKeys {
  const found = rememberFor<DataKey>({ ms: KEPT_MS, most: KEPT_KEYS, now });

  function unwrapped({ id, subject, wrapped, master_key: masterKey }: KeyRow): DataKey | 'erased' {
    if (wrapped === null) return 'erased';
    const ring = masterKeys.current().find(masterKey) ? masterKeys.current() : masterKeys.newest();
    const key = { id, subject, bytes: unwrapKey(ring, id, { masterKey, wrapped }) };
    found.keep(id, key);
    return key;
  }

  return {
    forProcess: async (subject, process, within) => {
      const used = async (tx: Transaction) => {
        const key = (await inUse(tx, subject)) ?? (await make(tx, subject, masterKeys));
        await tx.query(
          `insert into sagaline.data_key_uses (key_id, process) values ($1, $2)
           on conflict (key_id, process) do update set used_at = now()`,
          [key.id, process],
        );
        return key;
      };
      const row = await (within ? used(within) : database.transaction(used));
      const key = unwrapped(row);
      if (key === 'erased') throw new Error(`the key ${row.id} was destroyed a moment ago`);
      return key;
    },
    find: async (id) => {
      const known = found.get(id);
      if (known) return known;
      const [row] = await database.query<KeyRow>(
        'select id, subject, wrapped, master_key from sagaline.data_keys where id = $1',
        [id],
      );
      return row ? unwrapped(row) : 'unknown';
    },
  };
}

/** The lock keeps an erasure from destroying the key before the use is on record, and the other way round. */
async function inUse(tx: Transaction, subject: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `select id, subject, wrapped, master_key from sagaline.data_keys
      where subject = $1 and destroyed_at is null for share`,
    [subject],
  );
  return row;
}

async function make(tx: Transaction, subject: string, masterKeys: KeyFile): Promise<KeyRow> {
  const id = randomUUID();
  const { masterKey, wrapped } = wrapKey(masterKeys.current(), id, randomBytes(KEY_BYTES));
  await tx.query(
    `insert into sagaline.data_keys (id, subject, wrapped, master_key) values ($1, $2, $3, $4)
     on conflict (subject) where destroyed_at is null do nothing`,
    [id, subject, wrapped, masterKey],
  );
  // Another process may have been first; its key counts.
  const key = await inUse(tx, subject);
  if (!key) throw new Error('the data key was destroyed while it was made');
  return key;
}
