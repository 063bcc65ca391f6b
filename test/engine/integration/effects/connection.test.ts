// A connection that breaks in the middle costs its own transaction, and nothing else.
import type { Transaction } from '../../../../src/adapters/postgres';
import { connectDatabase } from '../../../../src/adapters/postgres';
import { doOnce } from '../../../../src/effects';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { rememberingLog } from '../../../support/log';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('create table counters (name text primary key, count int not null)');
  await db.database.query(`insert into counters values ('tries', 0)`);
});

afterAll(() => db.end());

const increment = (tx: Transaction) => tx.query('update counters set count = count + 1');

/** Ends the transaction's session from outside, as a failover does. */
async function terminate(tx: Transaction): Promise<void> {
  const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  await db.database.query('select pg_terminate_backend($1)', [row?.pid]);
  await db.database.query(
    'select pg_sleep(0.05) from generate_series(1, 20) where exists (select from pg_stat_activity where pid = $1)',
    [row?.pid],
  );
}

test('a session that ends within a transaction has no effect, and the next attempt has it once', async () => {
  const log = rememberingLog();
  const database = connectDatabase({ url: db.url, poolSize: 1, name: 'fragile', log });
  const attempt = (disturb: (tx: Transaction) => Promise<void>) =>
    doOnce(database, 'key-1', async (tx) => {
      await increment(tx);
      await disturb(tx);
      await tx.query('select 1');
    });

  await expect(attempt(terminate)).rejects.toThrow();
  expect(log.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', message: 'a PostgreSQL connection broke' }),
  );
  await attempt(() => Promise.resolve());
  await attempt(() => Promise.resolve());
  expect(await db.database.query('select count from counters')).toEqual([{ count: 1 }]);
  await database.end();
});
