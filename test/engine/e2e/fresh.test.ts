// Beginning anew deletes what is ours in the data folder, and nothing else.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { runningAsRoot } from '../../../src/dev/stack/unprivileged-user';
import { FolderInUseError, PortTakenError, startStack } from '../../../src/dev/stack';
import type { Stack, StackOptions } from '../../../src/dev/stack';
import { startDoomedRun } from '../../support/doomed-run';
import { messagesIn, publishOne, sql, stackOptions, streamsOf } from '../../support/stack';

// Two starts, each with a new PostgreSQL, take 5 s on an idle machine.
jest.setTimeout(90_000);

const NATS_ONLY = { external: { temporalAddress: 'not.started:1', databaseUrl: 'postgresql://not.started' } };
const POSTGRES_ONLY = { external: { natsUrl: 'nats://not.started', temporalAddress: 'not.started:1' } };

let parent: string;
let dataDir: string;
let said: string[];
let cleanUps: (() => unknown)[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sagaline-fresh-'));
  dataDir = join(parent, 'data');
  said = [];
  cleanUps = [() => rm(parent, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function start(options: StackOptions): Promise<Stack> {
  const stack = await startStack({ ...options, log: (line) => said.push(line) });
  cleanUps.push(() => stack.stop());
  return stack;
}

async function write(file: string, text = 'theirs'): Promise<string> {
  const path = join(dataDir, file);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

test('a fresh start has no streams, workflows, tables, journal and logs, and leaves what is not ours', async () => {
  // The folder must be one that PostgreSQL's user may enter, or its data go elsewhere.
  dataDir = parent;
  const options = await stackOptions({ dataDir });
  const first = await start(options);
  await publishOne(first.natsUrl);
  await sql(first.databaseUrl, 'create table kept (id int)');
  await startWorkflow(first);
  await first.stop();
  await write('sandbox/journal.jsonl', '{}\n');
  await write('logs/bridge.log', 'an earlier run');
  await write('logs/worker-orders.log.1', 'an earlier run');
  const strangers = await Promise.all(
    [
      'notes.txt',
      'logs/access.log',
      'nats/mine.conf',
      'temporal/mine',
      'sandbox/mine',
      'postgres/mine',
      'own/data',
    ].map((file) => write(file)),
  );

  const second = await start({ ...options, fresh: true });
  expect(await streamsOf(second.natsUrl)).toEqual([]);
  expect(await workflowsOf(second)).toBe(0);
  expect(await sql(second.databaseUrl, "select to_regclass('kept') as kept")).toEqual([{ kept: null }]);
  expect(existsSync(join(dataDir, 'sandbox', 'journal.jsonl'))).toBe(false);
  expect((await readdir(join(dataDir, 'logs'))).sort()).toEqual([
    'access.log',
    'nats.log',
    'postgres.log',
    'temporal.log',
  ]);
  expect(await Promise.all(strangers.map((file) => readFile(file, 'utf8')))).toEqual(
    strangers.map(() => 'theirs'),
  );
});

test("somebody else's folders with names like ours stay as they are", async () => {
  const theirs = await Promise.all(
    ['postgres/data/PG_VERSION', 'nats/jetstream/theirs'].map((file) => write(file)),
  );
  const everything = { ...NATS_ONLY.external, natsUrl: 'nats://not.started' };
  await start(await stackOptions({ dataDir, external: everything, fresh: true }));
  expect(theirs.map((file) => existsSync(file))).toEqual([true, true]);
});

test('a fresh start ends leftovers first', async () => {
  const options = await stackOptions({ dataDir, ...NATS_ONLY });
  const run = await startDoomedRun(options);
  cleanUps.push(() => run.cleanUp());
  await publishOne(`nats://127.0.0.1:${options.ports.nats}`);
  await run.killWithWatchdogs();
  const stack = await start({ ...options, fresh: true });
  expect(said.join('\n')).toContain(`ended NATS (pid ${run.processes['NATS']?.pid})`);
  expect(await streamsOf(stack.natsUrl)).toEqual([]);
});

test('a folder that is in use is not touched, nor one whose start would fail', async () => {
  const options = await stackOptions({ dataDir, ...NATS_ONLY });
  const live = await start(options);
  await publishOne(live.natsUrl);
  await expect(start({ ...options, fresh: true })).rejects.toBeInstanceOf(FolderInUseError);
  expect(await messagesIn(live.natsUrl)).toBe(1);
  await live.stop();

  const taken = await start({ ...options, dataDir: join(parent, 'another') });
  await expect(start({ ...options, fresh: true })).rejects.toBeInstanceOf(PortTakenError);
  await taken.stop();
  const again = await start(options);
  expect(await messagesIn(again.natsUrl)).toBe(1);
});

test('it says that servers which are elsewhere keep what they hold', async () => {
  await start(await stackOptions({ dataDir, ...NATS_ONLY, fresh: true }));
  const about = said.filter((line) => line.includes('is not touched'));
  expect(about.map((line) => line.split(' ')[0])).toEqual(['TEMPORAL_ADDRESS', 'DATABASE_URL']);
  expect(said.join('\n')).not.toContain('not.started');
});

test('the database goes too, also where it has to be kept in the temporary folder', async () => {
  const options = await stackOptions({ dataDir, ...POSTGRES_ONLY });
  const first = await start(options);
  // Root's PostgreSQL runs as somebody who may not enter our folder, and says where its data is instead.
  const elsewhere = /the data is in ([^,]+),/.exec(said.join('\n'))?.[1];
  expect(elsewhere !== undefined).toBe(runningAsRoot());
  const home = elsewhere ?? join(dataDir, 'postgres');
  cleanUps.push(() => rm(home, { recursive: true, force: true }));
  expect(existsSync(join(home, 'data', 'PG_VERSION'))).toBe(true);
  await sql(first.databaseUrl, 'create table kept (id int)');
  await first.stop();
  const second = await start({ ...options, fresh: true });
  expect(await sql(second.databaseUrl, "select to_regclass('kept') as kept")).toEqual([{ kept: null }]);
});

async function startWorkflow({ temporalAddress }: Stack): Promise<void> {
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection, namespace: 'stack-test' });
  await client.workflow.start('nobody', { workflowId: 'kept', taskQueue: 'nobody' });
  await connection.close();
}

async function workflowsOf({ temporalAddress }: Stack): Promise<number> {
  const connection = await Connection.connect({ address: temporalAddress });
  const { count } = await new Client({ connection, namespace: 'stack-test' }).workflow.count();
  await connection.close();
  return count;
}
