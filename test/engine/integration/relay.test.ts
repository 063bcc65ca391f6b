// From the outbox to JetStream: every row once, in the order of its entity, whatever dies on the way.
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { Publish } from '../../../src/adapters/nats';
import { connectNats, createPublisher, EVENTS_STREAM, natsIsUp } from '../../../src/adapters/nats';
import { connectDatabase, openSession } from '../../../src/adapters/postgres';
import { OUTBOX_CHANNEL } from '../../../src/effects';
import type { Relay } from '../../../src/relay';
import { startRelay } from '../../../src/relay';
import { publishBatch } from '../../../src/relay/batch';
import { createResting } from '../../../src/relay/resting';
import type { TestDatabase } from '../../support/database';
import { createTestDatabase } from '../../support/database';
import { silentLog } from '../../support/log';
import type { TestNats } from '../../support/nats';
import { startTestNats } from '../../support/nats';
import {
  expectRelayed,
  startGate,
  storedEvents,
  terminateSessions,
  waitUntil,
  writeEvents,
} from '../../support/relay-under-test';

jest.setTimeout(30_000);

/** Within which a standby takes over, and work goes on after an outage. */
const WITHIN_MS = 5_000;

let nats: TestNats;
let db: TestDatabase;
let publish: Publish;
let toStop: { stop(): Promise<void> }[];

beforeAll(async () => {
  nats = await startTestNats();
  publish = createPublisher(nats.connection.jetstream());
});

beforeEach(async () => {
  db = await createTestDatabase();
  const manager = await nats.connection.jetstreamManager();
  await manager.streams.purge(EVENTS_STREAM);
  toStop = [];
});

afterEach(async () => {
  for (const started of toStop.reverse()) await started.stop();
  await db.end();
});

afterAll(() => nats.stop());

/** A relay with connections of its own, as a process of its own has them. */
function start(name: string, publishBy: Publish = publish): Relay & { count(): number } {
  const database = connectDatabase({ url: db.url, poolSize: 2, name, log: silentLog });
  let count = 0;
  const relay = startRelay({
    database,
    openSession: () => openSession({ url: db.url, name }),
    channel: OUTBOX_CHANNEL,
    publish: publishBy,
    reachable: () => natsIsUp(nats.connection),
    metrics: { published: (more) => (count += more), setAside: () => undefined },
    housekeeping: () => Promise.resolve(),
    log: silentLog,
  });
  const stop = async () => {
    await relay.stop();
    await database.end();
  };
  toStop.push({ stop });
  return { ...relay, count: () => count };
}

function publishOnce(publishBy: Publish): Promise<unknown> {
  const resting = createResting({ firstMs: 1, longestMs: 1 });
  return publishBatch({ database: db.database, publish: publishBy, resting }, 'evt');
}

function terminate(name: string): Promise<void> {
  return terminateSessions(db.database, name);
}

/** Waits until the outbox is empty, then holds the stream against what was written. */
function expectAll(ids: readonly string[], withinMs = WITHIN_MS): Promise<void> {
  return expectRelayed({ database: db.database, connection: nats.connection, ids, withinMs });
}

const write = (count: number, entities?: number) => writeEvents(db.database, count, entities);
const until = (condition: () => boolean, withinMs = WITHIN_MS) => waitUntil(condition, withinMs);

test('what is in the outbox reaches the stream, in the order of each entity', async () => {
  const ids = await write(500, 7);
  const relay = start('relay');
  await expectAll(ids);
  expect(relay.count()).toBe(500);
});

test('an event goes out when it is written, not at the next look', async () => {
  const relay = start('relay');
  await until(() => relay.active());
  const ids: string[] = [];
  const began = Date.now();
  for (let index = 0; index < 5; index++) {
    ids.push(...(await write(1)));
    await expectAll(ids);
  }
  expect(Date.now() - began).toBeLessThan(2_000);
});

test('rows of one entity wait for each other, also where publishing takes its time', async () => {
  const ids = await write(120, 3);
  start('relay', async (event) => {
    await sleep(Math.random() * 8);
    return publish(event);
  });
  await expectAll(ids);
});

test('a relay that dies between publishing and marking leaves one message for each row', async () => {
  const ids = await write(40);
  const calls = new Map<string, number>();
  const relay = start('relay', async (event) => {
    const call = (calls.get(event.id) ?? 0) + 1;
    calls.set(event.id, call);
    const receipt = await publish(event);
    // For every third event the process ends here, so to speak: it is stored, and nobody knows.
    if (call === 1 && Number(/\d+/.exec(event.id)?.[0]) % 3 === 0) throw new Error('killed');
    return receipt;
  });
  await expectAll(ids, 20_000);
  expect([...calls.values()].filter((count) => count === 2).length).toBeGreaterThan(10);
  expect(relay.active()).toBe(true);
});

test('nothing is published out of turn when publishing fails now and then', async () => {
  const ids = await write(60, 3);
  const failed = new Set<string>();
  const failOnce = (when: string, id: string, every: number) => {
    const mark = `${when} ${id}`;
    if (failed.has(mark) || Number(/\d+/.exec(id)?.[0]) % every !== 0) return;
    failed.add(mark);
    throw new Error(`fails ${mark}`);
  };
  start('relay', async (event) => {
    failOnce('before', event.id, 17);
    const receipt = await publish(event);
    failOnce('after', event.id, 13);
    return receipt;
  });
  await expectAll(ids, 25_000);
  expect(failed.size).toBeGreaterThan(5);
});

test('two that publish at the same time by mistake do not break the order either', async () => {
  const ids = await write(200, 3);
  const slowly: Publish = async (event) => {
    await sleep(Math.random() * 5);
    return publish(event);
  };
  await Promise.all([publishOnce(slowly), publishOnce(slowly)]);
  await expectAll(ids);
});

test('of two relays one is active, and the other takes over when its session ends', async () => {
  const first = start('relay-1');
  await until(() => first.active());
  const second = start('relay-2');
  const before = await write(20);
  await expectAll(before);
  await sleep(1_500);
  expect([first.active(), second.active(), second.count()]).toEqual([true, false, 0]);

  await terminate('relay-1');
  await until(() => second.active());
  expect(first.active()).toBe(false);
  const after = await write(20);
  await expectAll([...before, ...after]);
  expect([first.count(), second.count()]).toEqual([20, 20]);
});

test('a relay that is stopped hands over at once', async () => {
  const first = start('relay-1');
  await until(() => first.active());
  const second = start('relay-2');
  await first.stop();
  await until(() => second.active(), 2_000);
  await expectAll(await write(5));
});

test('goes on after the loss of all its PostgreSQL sessions, in the middle of its work', async () => {
  const ids = await write(300, 5);
  let lost = false;
  const relay = start('relay', async (event) => {
    const receipt = await publish(event);
    if (!lost) {
      lost = true;
      await terminate('relay');
    }
    return receipt;
  });
  await expectAll(ids);
  await until(() => relay.active());
});

test('goes on after NATS has been silent for a while', async () => {
  const relay = start('relay');
  await until(() => relay.active());
  process.kill(nats.pid, 'SIGSTOP');
  const ids = await write(30);
  await sleep(3_000);
  process.kill(nats.pid, 'SIGCONT');
  await expectAll(ids, 10_000);
});

test('goes on after NATS could not be reached for a while', async () => {
  const gate = await startGate(nats.url);
  const connection: NatsConnection = await connectNats({ url: gate.url, name: 'gated', log: silentLog });
  toStop.push({ stop: () => connection.close() });
  toStop.push(gate);
  const relay = start('relay', createPublisher(connection.jetstream()));
  const before = await write(10);
  await expectAll(before);

  gate.close();
  const during = await write(30);
  await sleep(3_000);
  expect(await storedEvents(nats.connection)).toHaveLength(10);
  gate.open();
  await expectAll([...before, ...during], 12_000);
  await until(() => relay.active());
});
