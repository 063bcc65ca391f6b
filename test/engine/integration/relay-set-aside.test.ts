// A row that cannot be published delays nobody: neither its neighbours, nor the relay's lock, nor another stream.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager } from 'nats';
import {
  createPublisher,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  natsIsUp,
  provisionStreams,
} from '../../../src/adapters/nats';
import { connectDatabase, openSession } from '../../../src/adapters/postgres';
import { createDeadLetterActivities, OUTBOX_CHANNEL, writeOutbox } from '../../../src/effects';
import { outboxState, showOutboxRow, startRelay } from '../../../src/relay';
import type { TestCli } from '../../support/cli';
import { serverSettings, testCli } from '../../support/cli';
import type { TestDatabase } from '../../support/database';
import { createTestDatabase } from '../../support/database';
import { rememberingLog } from '../../support/log';
import type { TestNats } from '../../support/nats';
import { startTestNats } from '../../support/nats';
import { ownPinged, ownPingedV1 } from '../../support/ping/domain';
import { PINGED_V2 } from '../../support/ping/names';
import { expectRelayed, storedEvents, waitUntil, writeEvents } from '../../support/relay-under-test';

const WITHIN_MS = 5_000;
const STREAM_SETTINGS = { replicas: 1, maxBytes: 64 * 1024 * 1024 };

let nats: TestNats;
let manager: JetStreamManager;
let db: TestDatabase;
let log: ReturnType<typeof rememberingLog>;
let stop: () => Promise<void>;
let setAside: number;
let cli: TestCli;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
});
afterAll(() => nats.stop());

beforeEach(async () => {
  db = await createTestDatabase();
  await provisionStreams(nats.connection, STREAM_SETTINGS);
  await manager.streams.purge(EVENTS_STREAM);
  log = rememberingLog();
  setAside = 0;
  cli = testCli({ ...serverSettings(nats.url), DATABASE_URL: db.url });
  stop = () => Promise.resolve();
});
afterEach(async () => {
  await stop();
  await db.end();
});

function start(): void {
  const database = connectDatabase({ url: db.url, poolSize: 2, name: 'relay', log });
  const relay = startRelay({
    database,
    openSession: () => openSession({ url: db.url, name: 'relay' }),
    channel: OUTBOX_CHANNEL,
    publish: createPublisher(nats.connection.jetstream()),
    reachable: () => natsIsUp(nats.connection),
    metrics: { published: () => undefined, setAside: (count) => (setAside += count) },
    housekeeping: () => Promise.resolve(),
    log,
  });
  stop = async () => {
    await relay.stop();
    await database.end();
  };
}

const timesActive = () => log.lines.filter(({ message }) => message === 'this relay is active').length;
const inStream = async () => (await storedEvents(nats.connection)).map(({ id }) => id);
/** A hundred of them, more than one activity takes in three calls. */
const deadLetterEvents = (call: number) =>
  createDeadLetterActivities(db.database).deadLetterEvents({
    events: Array.from({ length: 100 }, (_, n) => ({
      ...{ id: `late-${call}-${n}`, source: '/tests', type: PINGED_V2, key: 'p-1' },
      data: { pingId: 'p-1', urgency: 1 },
    })),
    ...{ reason: 'late', workflowId: 'ping-p-1', detail: 'the ping is ponged' },
  });

test('without the dead-letter stream the events go on, under one lock, and the dead letters follow when it is back', async () => {
  await manager.streams.delete(DEAD_LETTERS_STREAM);
  for (let n = 0; n < 3; n++) await deadLetterEvents(n);
  const ids = await writeEvents(db.database, 300);
  start();
  await waitUntil(async () => (await inStream()).length === ids.length, WITHIN_MS);
  const more = await writeEvents(db.database, 10);
  await sleep(3_000);
  expect((await inStream()).sort()).toEqual([...ids, ...more].sort());
  expect(timesActive()).toBe(1);

  await provisionStreams(nats.connection, STREAM_SETTINGS);
  await waitUntil(
    async () => (await manager.streams.info(DEAD_LETTERS_STREAM)).state.messages === 300,
    2 * WITHIN_MS,
  );
  expect(timesActive()).toBe(1);
});

test('two events of one fact from one step, and two versions of one, are as many events', async () => {
  const data = { pingId: 'p-1', urgency: 1 };
  await db.database.transaction(async (tx) => {
    await writeOutbox(tx, { key: 'p-1:ping:0', context: 'pings', contract: ownPinged, data });
    await writeOutbox(tx, { key: 'p-1:ping:0', context: 'pings', contract: ownPinged, data });
    await writeOutbox(tx, {
      key: 'p-1:ping:0',
      context: 'pings',
      contract: ownPingedV1,
      data: { pingId: 'p-1' },
    });
  });
  start();
  await sleep(1_500);
  const ids = await inStream();
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(3);
});

test('of two transactions on one entity the first to write is the first to be published, whoever commits first', async () => {
  const [first, second] = [
    connectDatabase({ url: db.url, poolSize: 1, name: 'first', log }),
    connectDatabase({ url: db.url, poolSize: 1, name: 'second', log }),
  ];
  start();
  const committed: string[] = [];
  const write = (database: typeof first, key: string, pauseMs: number) =>
    database.transaction(async (tx) => {
      await writeOutbox(tx, {
        key,
        context: 'pings',
        contract: ownPinged,
        data: { pingId: 'p-1', urgency: 1 },
      });
      committed.push(`${key}:pinged`);
      await sleep(pauseMs);
    });
  const slow = write(first, 'slow', 700);
  await sleep(100);
  const fast = write(second, 'fast', 0);
  await Promise.all([slow, fast]);
  await waitUntil(async () => (await inStream()).length === 2, WITHIN_MS);
  expect(await inStream()).toEqual(['slow:pinged', 'fast:pinged']);
  expect(committed).toEqual(['slow:pinged', 'fast:pinged']);
  await Promise.all([first.end(), second.end()]);
});

/** As a row of an older version, or of a server that takes less than ours, would be. */
async function writeTooLarge(): Promise<number> {
  const [row] = await db.database.query<{ id: string }>(
    `insert into sagaline.outbox (entity, event_id, source, subject, body)
     select entity, 'too-large', source, subject, decode(repeat('20', 1000000), 'hex') from sagaline.outbox
      limit 1 returning id`,
  );
  return Number(row?.id);
}

test('a row that its stream refuses is set aside with the reason; its neighbours and its entity go on', async () => {
  const [before] = await writeEvents(db.database, 1, 1);
  const id = await writeTooLarge();
  const after = await writeEvents(db.database, 20);
  start();
  await waitUntil(async () => (await inStream()).length === 21, WITHIN_MS);
  expect((await inStream()).sort()).toEqual([before, ...after].sort());
  await waitUntil(() => setAside === 1, WITHIN_MS);
  expect(timesActive()).toBe(1);

  const listed = (await cli('outbox', 'list', '-o', 'json')).json();
  expect(listed).toMatchObject({ rows: [{ id, state: 'set-aside', eventId: 'too-large' }], next: null });
  expect((listed['rows'] as { failure: string }[])[0]?.failure).toMatch(/refused.*maximum/);
  const empty = { waiting: 0, more: false, oldestSeconds: 0 };
  expect(await outboxState(db.database)).toEqual({
    setAside: 1,
    lanes: [
      { lane: 'evt', ...empty },
      { lane: 'dlq', ...empty },
    ],
  });
  expect(log.lines).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'a row of the outbox is set aside' }),
  );
});

test('a row that was set aside is redriven, or discarded, by a person who is named', async () => {
  await writeEvents(db.database, 1, 1);
  const id = await writeTooLarge();
  start();
  await waitUntil(() => setAside === 1, WITHIN_MS);
  await cli('outbox', 'redrive', String(id));
  await waitUntil(() => setAside === 2, WITHIN_MS);
  await manager.streams.update(EVENTS_STREAM, { max_msg_size: -1 });
  await cli('outbox', 'redrive', String(id));
  await waitUntil(async () => (await manager.streams.info(EVENTS_STREAM)).state.messages === 2, WITHIN_MS);
  await waitUntil(async () => (await showOutboxRow(db.database, id)).state === 'published', WITHIN_MS);
  expect((await cli('outbox', 'redrive', String(id), '-o', 'json')).problem()).toMatchObject({
    code: 'not-set-aside',
  });
  expect((await cli('outbox', 'show', '999', '-o', 'json')).problem()).toMatchObject({ code: 'unknown-row' });

  await provisionStreams(nats.connection, STREAM_SETTINGS);
  const other = await writeTooLarge();
  await waitUntil(() => setAside === 3, WITHIN_MS);
  expect(await cli('outbox', 'discard', String(other), '--why', 'nobody wants it')).toMatchObject({
    code: 0,
  });
  expect(await showOutboxRow(db.database, other)).toMatchObject({
    ...{ state: 'discarded', decidedBy: 'tester', decidedWhy: 'nobody wants it' },
  });
  expect((await cli('outbox', 'list', '-o', 'json')).json()).toEqual({ rows: [], next: null });
});

test('while the events have no room the relay keeps its lock and the dead letters go on; then all go out, in order', async () => {
  const { state } = await manager.streams.info(EVENTS_STREAM);
  await manager.streams.update(EVENTS_STREAM, { max_bytes: state.bytes + 2_000 });
  const ids = await writeEvents(db.database, 100, 3);
  await deadLetterEvents(9);
  start();
  const deadLetters = async () => (await manager.streams.info(DEAD_LETTERS_STREAM)).state;
  const before = (await deadLetters()).messages;
  const oldestEvent = async () =>
    Math.max(...(await outboxState(db.database)).lanes.map(({ oldestSeconds }) => oldestSeconds));
  await waitUntil(async () => (await deadLetters()).messages === before + 100, WITHIN_MS);
  await waitUntil(async () => (await oldestEvent()) > 2, 2 * WITHIN_MS);
  const listed = async () =>
    (await cli('outbox', 'list', '-o', 'json')).json()['rows'] as { state: string; failure: string }[];
  await waitUntil(
    async () =>
      (await listed()).some(({ state: is, failure }) => is === 'waiting' && failure.includes('full')),
    WITHIN_MS,
  );
  await manager.streams.update(EVENTS_STREAM, { max_bytes: STREAM_SETTINGS.maxBytes });
  await expectRelayed({ database: db.database, connection: nats.connection, ids, withinMs: 2 * WITHIN_MS });
  expect([timesActive(), setAside]).toEqual([1, 0]);
});
