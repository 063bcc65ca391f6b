// `sagaline doctor --fix` on servers that are broken on purpose: it makes what is missing, keeps what exists, and says what it did.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JetStreamManager } from 'nats';
import { missingAttributes } from '../../../../src/adapters/temporal';
import type { Config, Environment } from '../../../../src/config';
import { createCatalogue } from '../../../../src/contracts';
import { examine } from '../../../../src/doctor';
import type { LoadedApp } from '../../../../src/runtime/app';
import { definePool } from '../../../../src/runtime/app';
import { appConfig } from '../../../../src/runtime/config';
import { workerPools } from '../../../../src/runtime/version';
import { testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { createTestNamespace } from '../../../support/namespace';
import { pingDomain } from '../../../support/ping/domain';
import { until } from '../../../support/until';

jest.setTimeout(120_000);

const STREAM_BYTES = 64 * 1024 * 1024;
const FIRST = 'create table first (id int)';

let nats: TestNats;
let manager: JetStreamManager;
let database: TestDatabase;
let temporal: Awaited<ReturnType<typeof createTestNamespace>>;
let folder: string;
let settings: Record<string, string>;

beforeAll(async () => {
  [nats, database, temporal] = await Promise.all([
    startTestNats(),
    createTestDatabase(),
    createTestNamespace({ registered: false }),
  ]);
  manager = await nats.connection.jetstreamManager();
  folder = mkdtempSync(path.join(tmpdir(), 'sagaline-doctor-fix-'));
  writeFileSync(path.join(folder, '1_first.sql'), FIRST);
  settings = {
    ...{ NATS_URL: nats.url, TEMPORAL_ADDRESS: temporal.address, DATABASE_URL: database.url },
    ...{ TEMPORAL_NAMESPACE: temporal.namespace, WORKER_VERSIONING: 'off', DATA_DIR: folder },
    ...{ STREAM_MAX_BYTES: String(STREAM_BYTES), DEAD_LETTERS_MAX_BYTES: String(STREAM_BYTES) },
    OPERATIONS_MAX_BYTES: String(STREAM_BYTES),
  };
});
afterAll(async () => {
  await Promise.all([nats.stop(), database.end(), temporal.client.connection.close()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Report {
  readonly findings: readonly { readonly level: string; readonly code?: string; readonly where: string }[];
  readonly repairs: readonly { readonly subject: string; readonly done: boolean; readonly what: string }[];
}

const ping = definePool({ domain: pingDomain, taskQueue: 'doctor-fix-ping', activities: () => ({}) });
const projectOf = (): LoadedApp => ({
  ...{ root: folder, domains: [pingDomain], pools: { ping } },
  migrations: { more: '.' },
});

async function doctor(more: Record<string, string>, ...args: string[]) {
  const app = projectOf();
  const cli = testCli({ ...settings, ...more }, [pingDomain], undefined, {
    project: () => app,
    pools: (config) => workerPools(app, config),
  });
  const said = await cli('doctor', ...args, '-o', 'json');
  const { findings, repairs } = said.json() as unknown as Report;
  const wrong = findings
    .filter(({ level }) => level !== 'ok')
    .map(({ code, where }) => `${code ?? ''} ${where}`);
  return { code: said.code, wrong, repairs };
}

/** Repairs with a configuration that the environment of a test cannot have. */
function repairedAs(changes: Partial<Pick<Config, 'NODE_ENV' | 'PROVISION'>>) {
  const app = projectOf();
  const read = (given: Environment) => ({ ...appConfig(app, [], given, { database: 'none' }), ...changes });
  const catalogue = createCatalogue([pingDomain]);
  const parts = { app, environment: settings, read, catalogue: () => catalogue, pools: () => [] };
  return examine({ ...parts, fix: true, now: Date.now });
}
const subjectsOf = ({ repairs }: Pick<Report, 'repairs'>) =>
  repairs.map(({ subject, done }) => `${subject} ${done}`);
/** Nobody works in this file. */
const NO_WORKERS = 'pool-not-polled pool ping';
const hasTable = async () =>
  (await database.database.query("select from pg_tables where tablename = 'first'")).length === 1;

test('without --fix nothing is changed', async () => {
  await manager.streams.delete('OPERATIONS');
  const { code, wrong, repairs } = await doctor({});
  expect([code, repairs]).toEqual([1, []]);
  expect(wrong).toEqual(
    expect.arrayContaining([
      'stream-missing OPERATIONS',
      expect.stringContaining('consumers-missing'),
      expect.stringContaining('search-attribute-missing'),
      'migration-pending sagaline.migrations_more',
    ]),
  );
  await expect(manager.streams.info('OPERATIONS')).rejects.toThrow('stream not found');
  expect((await missingAttributes(temporal.client)).length).toBeGreaterThan(0);
  expect(await hasTable()).toBe(false);
});

test('in production tables stay as they are, and so do streams where this process may only check them', async () => {
  const kept = await repairedAs({ PROVISION: 'check', NODE_ENV: 'production' });
  expect(subjectsOf(kept)).toEqual(['search-attributes true']);
  await expect(manager.streams.info('OPERATIONS')).rejects.toThrow('stream not found');
  expect(await hasTable()).toBe(false);
});

test('with --fix what is missing is made, told, and found no more', async () => {
  const first = await doctor({}, '--fix');
  expect(subjectsOf(first)).toEqual(expect.arrayContaining(['streams true', 'migrations true']));
  expect(first.repairs.every(({ done }) => done)).toBe(true);
  expect(first.repairs.find(({ subject }) => subject === 'streams')?.what).toContain('OPERATIONS (stream');
  expect(first.repairs.find(({ subject }) => subject === 'migrations')?.what).toBe('applied: 1_first');
  expect((await manager.streams.info('OPERATIONS')).config.max_bytes).toBe(STREAM_BYTES);
  expect(await hasTable()).toBe(true);
  // The server's nodes learn of a new attribute after some seconds.
  await until(
    'the attributes are known',
    async () => (await missingAttributes(temporal.client)).length === 0,
  );

  const second = await doctor({}, '--fix');
  expect(second.repairs).toEqual([]);
  expect(second.wrong).toEqual([NO_WORKERS]);
});

test('a consumer gets its settings, and keeps its position', async () => {
  const consumer = 'bridge-07';
  const jetstream = nats.connection.jetstream();
  for (let key = 0; (await manager.consumers.info('EVENTS', consumer)).num_pending < 2; key++)
    await jetstream.publish(`evt.pings.pinged.v1.k-${key}`, '{}');
  const pull = await jetstream.consumers.get('EVENTS', consumer);
  await (await pull.next())?.ackAck();
  const before = await manager.consumers.info('EVENTS', consumer);
  await manager.consumers.update('EVENTS', consumer, { max_ack_pending: 5 });
  expect((await doctor({})).wrong).toContain(`consumer-differs ${consumer}`);
  expect(subjectsOf(await doctor({}, '--fix'))).toEqual(['streams true']);
  const after = await manager.consumers.info('EVENTS', consumer);
  expect(after.config).toEqual(before.config);
  expect(after.ack_floor.consumer_seq).toBe(1);
  expect([after.created, after.ack_floor, after.num_pending]).toEqual([
    before.created,
    before.ack_floor,
    before.num_pending,
  ]);
});

test('a server that is away is a finding, and what can be repaired elsewhere is', async () => {
  await manager.consumers.delete('EVENTS', 'bridge-09');
  const { wrong, repairs } = await doctor({ TEMPORAL_ADDRESS: '127.0.0.1:1' }, '--fix');
  expect(wrong).toEqual(['server-away TEMPORAL_ADDRESS 127.0.0.1:1']);
  expect(subjectsOf({ repairs })).toEqual(['streams true']);
  expect((await manager.consumers.info('EVENTS', 'bridge-09')).name).toBe('bridge-09');
});

test('a stream whose fixed settings differ keeps its messages, and stays a finding', async () => {
  await manager.streams.delete('OPERATIONS');
  await manager.streams.add({ name: 'OPERATIONS', subjects: ['ops.>'], storage: 'memory' as never });
  await nats.connection.jetstream().publish('ops.kept', 'a record');
  const { code, wrong } = await doctor({}, '--fix');
  expect([code, wrong]).toEqual([1, expect.arrayContaining(['stream-differs OPERATIONS'])]);
  const { config, state } = await manager.streams.info('OPERATIONS');
  expect([config.storage, state.messages]).toEqual(['memory', 1]);
});

test('a database that is newer than the code stays as it is', async () => {
  writeFileSync(path.join(folder, '2_second.sql'), 'create table second (id int)');
  await database.database.query(
    "insert into sagaline.migrations_effects (name, run_on) values ('9_of-the-future', now())",
  );
  const { wrong, repairs } = await doctor({}, '--fix');
  expect(wrong).toContain('migration-unknown sagaline.migrations_effects');
  expect(repairs.filter(({ subject }) => subject === 'migrations')).toEqual([]);
  expect(await database.database.query("select from pg_tables where tablename = 'second'")).toEqual([]);
});
