// The dead-letter stream is full, or gone: events go on, and the dead letters follow when it takes them again.
import type { JetStreamManager } from 'nats';
import {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OVERFLOW_STREAM,
  parkedDeadLetters,
  provisionStreams,
} from '../../../../src/adapters/nats';
import { forgetOldEvents } from '../../../../src/adapters/nats/streams/janitor';
import { emptyStream } from '../../../support/empty-stream';
import type { TestBridge } from '../../../support/bridge';
import { deadLettersIn, startTestBridge } from '../../../support/bridge';
import { serverSettings, testCli } from '../../../support/cli';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

const KEYS = 20;
const SETTINGS = { replicas: 1, maxBytes: 64 * 1024 * 1024 };
/** The valid ones of all partitions; a dead letter that blocked one would be there for as long as the stream is full. */
const ACCEPTED_WITHIN_MS = 15_000;

let nats: TestNats;
let manager: JetStreamManager;
let bridge: TestBridge;
let worker: Awaited<ReturnType<typeof startPingWorker>>;

beforeAll(async () => {
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  manager = await nats.connection.jetstreamManager();
});
afterAll(async () => {
  await Promise.all([nats.stop(), worker.stop()]);
});
beforeEach(async () => {
  await provisionStreams(nats.connection, SETTINGS);
  bridge = await startTestBridge({ url: nats.url, name: 'bridge' });
});
afterEach(async () => {
  await bridge.stop();
  await emptyStream(manager, DEAD_LETTERS_STREAM);
});

const accepted = () => bridge.settled.filter(({ outcome }) => outcome === 'accepted').length;
const fill = async () => {
  const jetstream = nats.connection.jetstream();
  await manager.streams.update(DEAD_LETTERS_STREAM, { max_bytes: 2_000 });
  for (let full = false; !full;) {
    full = await jetstream.publish('dlq.late.filler.filler', 'x'.repeat(100)).then(
      () => false,
      () => true,
    );
  }
};

/** For each key one that cannot be read, and a valid one behind it. @returns the bytes of the former, by key */
async function publishMixed(): Promise<Map<string, string>> {
  const jetstream = nats.connection.jetstream();
  const broken = new Map<string, string>();
  for (let n = 0; n < KEYS; n++) {
    const key = newKey();
    const subject = `evt.pings.pinged.v2.${key}`;
    broken.set(key, `not json ${n}`);
    await jetstream.publish(subject, broken.get(key));
    await jetstream.publish(subject, pingEvent(key).body);
  }
  return broken;
}

test.each([
  ['full', fill, () => manager.streams.update(DEAD_LETTERS_STREAM, { max_bytes: SETTINGS.maxBytes })],
  [
    'missing',
    () => manager.streams.delete(DEAD_LETTERS_STREAM),
    () => provisionStreams(nats.connection, SETTINGS),
  ],
])('with a dead-letter stream that is %s every valid event is accepted', async (_, spoil, mend) => {
  await spoil();
  const broken = await publishMixed();
  await until('all valid events are accepted', () => accepted() === KEYS, ACCEPTED_WITHIN_MS);
  const parked = await parkedDeadLetters(nats.connection, { limit: 100 });
  expect(parked).toHaveLength(KEYS);
  expect(parked[0]).toMatchObject({
    reason: 'not-json',
    subject: expect.stringContaining('evt.pings.pinged.v2.'),
  });
  expect(bridge.held).toEqual([]);
  const cli = testCli(serverSettings(nats.url));
  if (_ === 'full') {
    const listed = (await cli('dead-letters', 'parked', '-o', 'json')).json();
    expect((listed['parked'] as object[]).length).toBe(KEYS);
  }
  // However old, an event whose dead letter is parked stays.
  const first = await forgetOldEvents(nats.connection, {
    ...{ retentionMs: 1, log: silentLog, now: () => Date.now() + 1_000_000 },
  });
  expect(first).toBe(Math.min(...parked.map(({ sequence }) => sequence)));

  await mend();
  const ofOurs = async () =>
    (await deadLettersIn(nats.connection)).filter(({ subject }) => subject.startsWith('dlq.not-json.'));
  await until(
    'the dead letters have followed',
    async () => (await ofOurs()).length === KEYS,
    2 * ACCEPTED_WITHIN_MS,
  );
  for (const { subject, body, reason } of await ofOurs()) {
    expect([Buffer.from(body).toString(), reason]).toEqual([
      broken.get(subject.split('.')[3] ?? ''),
      'not-json',
    ]);
  }
  await until(
    'no note is left',
    async () => (await parkedDeadLetters(nats.connection, { limit: 1 })).length === 0,
  );
  expect(
    await forgetOldEvents(nats.connection, {
      retentionMs: 1,
      log: silentLog,
      now: () => Date.now() + 1_000_000,
    }),
  ).toBe((await manager.streams.info(EVENTS_STREAM)).state.last_seq + 1);
});

test('with no room at all an event is held, and others go on; nothing is lost', async () => {
  await fill();
  await manager.streams.update(OVERFLOW_STREAM, { max_bytes: 100 });
  const stuck = newKey();
  await nats.connection.jetstream().publish(`evt.pings.pinged.v2.${stuck}`, 'not json');
  await until('it is held', () => bridge.held.includes('dead-letters-unavailable'));
  const others = Array.from({ length: KEYS }, () => newKey());
  for (const key of others)
    await nats.connection.jetstream().publish(`evt.pings.pinged.v2.${key}`, pingEvent(key).body);
  // One of the 64 partitions stands; some of the twenty may be in it.
  await until('most are accepted', () => accepted() >= KEYS - 5, ACCEPTED_WITHIN_MS);
  await provisionStreams(nats.connection, SETTINGS);
  await until('all are accepted', () => accepted() === KEYS, ACCEPTED_WITHIN_MS);
  await until('the dead letter is there', async () =>
    (await deadLettersIn(nats.connection)).some(({ subject }) => subject.endsWith(stuck)),
  );
});
