// `sagaline doctor` on real servers that are broken on purpose, one after another.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JetStreamManager } from 'nats';
import { provisionConsumers } from '../../../../src/adapters/nats';
import { noPatience } from '../../../../src/adapters/nats/connection/patience';
import type { LoadedApp } from '../../../../src/runtime/app';
import { definePool } from '../../../../src/runtime/app';
import { workerPools } from '../../../../src/runtime/version';
import type { TestCli } from '../../../support/cli';
import { testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { createTestNamespace } from '../../../support/namespace';
import { pingDomain } from '../../../support/ping/domain';

jest.setTimeout(60_000);

const STREAM_BYTES = String(64 * 1024 * 1024);
const WITHIN_MS = 10_000;

let nats: TestNats;
let manager: JetStreamManager;
let database: TestDatabase;
let temporal: Awaited<ReturnType<typeof createTestNamespace>>;
let folder: string;
let settings: Record<string, string>;
let cli: TestCli;

beforeAll(async () => {
  [nats, database, temporal] = await Promise.all([
    startTestNats(),
    createTestDatabase(),
    createTestNamespace(),
  ]);
  manager = await nats.connection.jetstreamManager();
  await provisionConsumers(nats.connection, [{ name: 'bridge' }], { replicas: 1, patience: noPatience });
  folder = mkdtempSync(path.join(tmpdir(), 'sagaline-doctor-'));
  settings = {
    ...{ NATS_URL: nats.url, TEMPORAL_ADDRESS: temporal.address, DATABASE_URL: database.url },
    ...{ TEMPORAL_NAMESPACE: temporal.namespace, WORKER_VERSIONING: 'off', DATA_DIR: folder },
    ...{ STREAM_MAX_BYTES: STREAM_BYTES, DEAD_LETTERS_MAX_BYTES: STREAM_BYTES },
    OPERATIONS_MAX_BYTES: STREAM_BYTES,
  };
  cli = cliOf(settings);
});
afterAll(async () => {
  await Promise.all([nats.stop(), database.end(), temporal.client.connection.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function cliOf(
  environment: Record<string, string>,
  pools?: NonNullable<Parameters<typeof testCli>[3]>['pools'],
): TestCli {
  const ping = definePool({ domain: pingDomain, taskQueue: 'doctor-ping', activities: () => ({}) });
  const app: LoadedApp = {
    ...{ root: folder, domains: [pingDomain], pools: { ping } },
    migrations: { more: '.' },
  };
  return testCli(environment, [pingDomain], undefined, {
    project: () => app,
    pools: pools ?? ((config) => workerPools(app, config)),
  });
}

interface Report {
  readonly findings: readonly {
    readonly level: string;
    readonly subject: string;
    readonly code?: string;
    readonly where: string;
    readonly remedy?: string;
  }[];
}

/** What is wrong, as `code where`. */
async function troubles(of: TestCli = cli): Promise<string[]> {
  const said = await of('doctor', '-o', 'json');
  const { findings } = said.json() as unknown as Report;
  const wrong = findings.filter(({ level }) => level !== 'ok');
  expect(said.code).toBe(wrong.some(({ level }) => level === 'problem') ? 1 : 0);
  for (const { remedy } of wrong) expect(remedy).toBeTruthy();
  return wrong.map(({ code, where }) => `${code ?? ''} ${where}`);
}

/** The pool of this file never has workers. */
const NO_WORKERS = 'pool-not-polled pool ping';

test('a sound set-up has no finding but the pool without workers', async () => {
  expect(await troubles()).toEqual([NO_WORKERS]);
});

test('a consumer of others', async () => {
  await manager.consumers.delete('EVENTS', 'bridge-07');
  await manager.consumers.add('EVENTS', { durable_name: 'bridge-07', filter_subject: 'p.0.8.>' });
  const found = await troubles();
  expect(found.filter((trouble) => trouble === 'consumer-differs bridge-07').length).toBeGreaterThan(0);
  await manager.consumers.delete('EVENTS', 'bridge-07');
  expect(await troubles()).toContain('consumers-missing bridge-07');
  await provisionConsumers(nats.connection, [{ name: 'bridge' }], { replicas: 1, patience: noPatience });
});

test('a full stream', async () => {
  await nats.connection.jetstream().publish('dlq.late.pings.p-1', 'x'.repeat(4_000));
  const { bytes } = (await manager.streams.info('DEAD_LETTERS')).state;
  await manager.streams.update('DEAD_LETTERS', { max_bytes: bytes + 10 });
  const found = await troubles();
  expect(found).toContain('stream-full DEAD_LETTERS');
  await manager.streams.update('DEAD_LETTERS', { max_bytes: Number(STREAM_BYTES) });
});

test('a stream that is missing', async () => {
  await manager.streams.delete('OPERATIONS');
  expect(await troubles()).toContain('stream-missing OPERATIONS');
});

test('a migration that is not applied, and one that the code does not have', async () => {
  writeFileSync(path.join(folder, '1_later.sql'), 'select 1');
  await database.database.query(
    "insert into sagaline.migrations_effects (name, run_on) values ('9_of-the-future', now())",
  );
  const found = await troubles();
  expect(found).toContain('migration-pending sagaline.migrations_more');
  expect(found).toContain('migration-unknown sagaline.migrations_effects');
});

test('servers that are away are findings that name the settings, in less than ten seconds', async () => {
  const nobody = { NATS_URL: 'nats://127.0.0.1:1', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const since = performance.now();
  const found = await troubles(
    cliOf({
      ...settings,
      ...nobody,
      DATABASE_URL: 'postgresql://somebody:secret-of-mine@127.0.0.1:1/sagaline',
    }),
  );
  expect(performance.now() - since).toBeLessThan(WITHIN_MS);
  expect(found).toEqual([
    'server-away NATS_URL nats://127.0.0.1:1',
    'server-away TEMPORAL_ADDRESS 127.0.0.1:1',
    'server-away DATABASE_URL postgresql://127.0.0.1:1/sagaline',
  ]);
});

test('a database and a namespace that do not exist: each remedy names its setting', async () => {
  const of = cliOf({
    ...settings,
    DATABASE_URL: Object.assign(new URL(database.url), { pathname: '/no_such_database' }).href,
    TEMPORAL_NAMESPACE: 'no-such-namespace',
  });
  const codes = (await troubles(of)).map((trouble) => trouble.split(' ')[0]);
  expect(codes).toEqual(expect.arrayContaining(['namespace-missing', 'database-missing']));
  expect(codes).not.toContain('server-away');
  const { out } = await of('doctor');
  expect(out).toContain('PostgreSQL has no database "no_such_database"');
  expect(out).toMatch(/→ create it \(.*--namespace no-such-namespace"\), or set TEMPORAL_NAMESPACE/);
});

test('a secret in what a check says is masked', async () => {
  const SAGALINE_TOKEN = 'token-that-nobody-may-see';
  const of = cliOf({ ...settings, SAGALINE_TOKEN }, () => {
    throw new Error(`refused: ${SAGALINE_TOKEN}`);
  });
  for (const { out } of [await of('doctor'), await of('doctor', '-o', 'json')]) {
    expect(out).toContain('cannot be checked: refused: [secret]');
    expect(out).not.toContain(SAGALINE_TOKEN);
  }
});

test('a server that refuses the password', async () => {
  const wrong = database.url.replace('sagaline:sagaline', 'sagaline:wrong-password');
  const said = await cliOf({ ...settings, DATABASE_URL: wrong })('doctor');
  expect(said.out).toContain('PostgreSQL refuses this process');
  expect(said.out).not.toContain('wrong-password');
});
