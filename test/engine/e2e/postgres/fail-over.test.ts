// PostgreSQL fails over, and sessions stay behind that take no writes: work goes on within seconds, nothing is done twice.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../../src/adapters/postgres';
import { connectDatabase, databaseIsUp, databaseIsWritable } from '../../../../src/adapters/postgres';
import { rememberingLog, silentLog } from '../../../support/log';
import type { TestPostgres } from '../../../support/postgres-servers';
import { setForAll, startStandby, startTestPostgres } from '../../../support/postgres-servers';
import { startProxy } from '../../../support/proxy';
import { sql } from '../../../support/stack';
import { until } from '../../../support/until';

const POOL_SIZE = 5;
/** An activity's first retries come within this. */
const GOES_ON_WITHIN_MS = 5_000;

jest.setTimeout(90_000);

let primary: TestPostgres;
beforeAll(async () => {
  primary = await startTestPostgres({ superuser: true });
  await sql(primary.url, 'create table done (key text primary key)');
}, 60_000);
afterAll(() => primary.stop());

const connectTo = (url: string, log = silentLog) =>
  connectDatabase({ url, poolSize: POOL_SIZE, name: 'worker', log });

/** One attempt at a step; it has its effect once. */
const attempt = (database: Database, key: string) =>
  database.transaction((tx) => tx.query('insert into done values ($1) on conflict do nothing', [key]));

/** Opens all connections of the pool, so that each of them outlives the change. */
const openAll = (database: Database) =>
  Promise.all(Array.from({ length: POOL_SIZE }, () => database.query('select pg_sleep(0.1)')));

const doneOf = async (url: string, prefix: string) =>
  (await sql(url, `select key from done where key like '${prefix}%' order by key`)).length;

describe('sessions that became read-only while new ones are writable', () => {
  afterEach(async () => {
    await sql(
      primary.url,
      'set default_transaction_read_only = off',
      'alter system reset default_transaction_read_only',
      'alter role sagaline reset default_transaction_read_only',
      'select pg_reload_conf()',
    );
  });

  test('leave the pool at the first refusal, all of them: each step works at its second attempt', async () => {
    const log = rememberingLog();
    const database = connectTo(primary.url, log);
    await openAll(database);
    await sql(primary.url, 'alter role sagaline set default_transaction_read_only = off');
    await setForAll(primary, 'default_transaction_read_only', 'on');
    await sleep(200);

    await expect(attempt(database, 'reload-0')).rejects.toMatchObject({ code: '25006' });
    for (let step = 0; step < 2 * POOL_SIZE; step++) await attempt(database, `reload-${step}`);
    expect(await doneOf(primary.url, 'reload-')).toBe(2 * POOL_SIZE);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'PostgreSQL takes no work on this connection; opening new ones',
    ]);
    await database.end();
  });

  test('are found by readiness, too, and it is ready again with new ones', async () => {
    const database = connectTo(primary.url);
    await openAll(database);
    await sql(primary.url, 'alter role sagaline set default_transaction_read_only = off');
    await setForAll(primary, 'default_transaction_read_only', 'on');
    await sleep(200);

    expect(await databaseIsWritable(database)).toBe(false);
    expect(await databaseIsWritable(database)).toBe(true);
    await attempt(database, 'readiness');
    await database.end();
  });
});

test('a server whose sessions are all read-only is up, and not ready for roles that write', async () => {
  const database = connectTo(primary.url);
  expect(await databaseIsWritable(database)).toBe(true);
  await setForAll(primary, 'default_transaction_read_only', 'on');
  await until('it is not ready', async () => !(await databaseIsWritable(database)));
  expect(await databaseIsUp(database)).toBe(true);
  await sql(
    primary.url,
    'set default_transaction_read_only = off',
    'alter system reset default_transaction_read_only',
    'select pg_reload_conf()',
  );
  await until('it is ready again', () => databaseIsWritable(database));
  await database.end();
});

test('the primary dies, and its standby is promoted: each step is done once, within seconds of the promotion', async () => {
  const standby = await startStandby(primary);
  // What was committed on the old primary must be on the new one.
  await setForAll(primary, 'synchronous_commit', 'remote_apply');
  await setForAll(primary, 'synchronous_standby_names', "'*'");
  let proxy = await startProxy(primary.address);
  const { address } = proxy;
  const port = Number(address.split(':')[1]);
  const url = primary.url.replace(primary.address, address);
  const database = connectTo(url);

  let steps = 0;
  let over = false;
  const refusals = new Set<unknown>();
  const worked: number[] = [];
  const workers = Array.from({ length: POOL_SIZE }, async () => {
    while (!over) {
      const key = `fail-over-${String(++steps).padStart(6, '0')}`;
      for (let done = false; !done;) {
        try {
          await attempt(database, key);
          worked.push(performance.now());
          done = true;
        } catch (error) {
          refusals.add((error as { code?: unknown }).code);
          await sleep(100);
        }
      }
      await sleep(20);
    }
  });
  await until('some steps are done', () => worked.length > 50);
  await primary.halt();
  await proxy.close();
  proxy = await startProxy(standby.address, { port });
  await until('the standby refuses a step', () => refusals.has('25006'));
  expect([await databaseIsUp(database), await databaseIsWritable(database)]).toEqual([true, false]);

  const before = worked.length;
  const promoted = performance.now();
  await sql(standby.url, 'select pg_promote()');
  await until('steps are done again', () => worked.length > before + 20);
  expect((worked[before] ?? Infinity) - promoted).toBeLessThan(GOES_ON_WITHIN_MS);
  over = true;
  await Promise.all(workers);
  expect(await databaseIsWritable(database)).toBe(true);
  expect(await doneOf(url, 'fail-over-')).toBe(steps);

  await database.end();
  await proxy.close();
  await standby.stop();
  await primary.start();
});
