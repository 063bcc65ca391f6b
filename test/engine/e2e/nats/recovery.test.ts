// How consuming goes on after something that it stands on was gone.
import type { JetStreamManager, NatsConnection } from 'nats';
import type { Publish } from '../../../../src/adapters/nats';
import { connectNats, createPublisher, EVENTS_STREAM, provisionStreams } from '../../../../src/adapters/nats';
import { PARTITIONS } from '../../../../src/contracts';
import type { TestConsumer } from '../../../support/consumers';
import { recorder, startConsumer } from '../../../support/consumers';
import { silentLog } from '../../../support/log';
import { newKey, pingEvent } from '../../../support/ping/events';
import type { RestartableNats } from '../../../support/restartable-nats';
import { startRestartableNats } from '../../../support/restartable-nats';
import { until } from '../../../support/until';

const SETTINGS = { replicas: 1, maxBytes: 16 * 1024 * 1024 };
/** Within seconds, whatever it was. */
const RECOVERED_MS = 8_000;

jest.setTimeout(30_000);

let nats: RestartableNats;
let connection: NatsConnection;
let manager: JetStreamManager;
let publish: Publish;
let process: TestConsumer;
let record: ReturnType<typeof recorder>;

// A server for each test. nats-server 2.15 removes the files of a deleted stream later; while those of one deletion are
// still there, a second deletion leaves the messages, and a stream that is made then has them.
beforeEach(async () => {
  nats = await startRestartableNats();
  connection = await connectNats({ url: nats.url, name: 'test', log: silentLog });
  manager = await connection.jetstreamManager();
  publish = createPublisher(connection.jetstream());
  await provisionStreams(connection, SETTINGS);
  record = recorder();
  process = await startConsumer({ url: nats.url, name: 'recovering', handle: record.handle });
});
afterEach(async () => {
  await process.stop();
  await connection.close();
  await nats.stop();
});

const published = (keys: readonly string[]) =>
  Promise.all(keys.map(async (key) => (await publish(pingEvent(key))).sequence));
const settled = (count: number) =>
  until(`${count} events settled`, () => record.settled.length >= count, RECOVERED_MS);
const manyKeys = () => Array.from({ length: 50 }, newKey);
/** A killed server may have lost acknowledgements that it had confirmed (it writes them a moment later): those events come again. */
const firstTimes = (numbers: readonly number[]) => [...new Set(numbers)];
const inOrder = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

/** Requests to JetStream's API while something goes on. */
async function countingRequests(during: () => Promise<void>): Promise<number> {
  const subscription = connection.subscribe('$JS.API.>');
  await during();
  const count = subscription.getReceived();
  subscription.unsubscribe();
  return count;
}

test('a consumer that is deleted is made again where it was: nothing lost, nothing again, no spinning', async () => {
  const keys = manyKeys();
  const before = await published(keys);
  await settled(before.length);
  const requests = await countingRequests(async () => {
    for await (const { name } of manager.consumers.list(EVENTS_STREAM)) {
      await manager.consumers.delete(EVENTS_STREAM, name);
    }
    const after = await published(keys);
    await settled(before.length + after.length);
    expect(inOrder(record.sequences())).toEqual(inOrder([...before, ...after]));
  });
  await until('all partitions consumed', () => process.consumption.active() === PARTITIONS);
  // Deleting takes one for each partition, making again four, pulling one or two.
  expect(requests).toBeLessThan(PARTITIONS * 15);
  expect(process.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a consumer that is deleted while its event is in hand is noticed, also where somebody listens to the API', async () => {
  await process.stop();
  let finish: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (finish = resolve));
  let inHand = false;
  process = await startConsumer({
    url: nats.url,
    name: 'recovering',
    handle: async (delivery) => {
      inHand = true;
      await held;
      // Nobody confirms it: the consumer is gone.
      await record.handle(delivery).catch(() => undefined);
    },
  });
  const key = newKey();
  await publish(pingEvent(key));
  await until('it is in hand', () => inHand);
  // Whoever listens to all requests takes away the server's answer that nobody does.
  const listener = connection.subscribe('$JS.API.>');
  for await (const { name } of manager.consumers.list(EVENTS_STREAM)) {
    await manager.consumers.delete(EVENTS_STREAM, name);
  }
  finish();
  await publish(pingEvent(key));
  await until('both are settled', () => new Set(record.sequences()).size === 2, 2 * RECOVERED_MS);
  listener.unsubscribe();
});

test('a process that starts after others knows where they were, should the consumers be deleted', async () => {
  const keys = manyKeys();
  const before = await published(keys);
  await settled(before.length);
  await process.stop();
  const later = recorder();
  process = await startConsumer({ url: nats.url, name: 'recovering', handle: later.handle });
  for await (const { name } of manager.consumers.list(EVENTS_STREAM)) {
    await manager.consumers.delete(EVENTS_STREAM, name);
  }
  const after = await published(keys);
  await until('the new events', () => later.settled.length >= after.length, RECOVERED_MS);
  expect(inOrder(later.sequences())).toEqual(inOrder(after));
});

test('a stream that is deleted and made anew, its sequences from 1, is consumed from its beginning', async () => {
  const keys = manyKeys();
  const before = await published(keys);
  await settled(before.length);
  await manager.streams.delete(EVENTS_STREAM);
  const requests = await countingRequests(async () => {
    await until('it was noticed', () => process.log.lines.some(({ level }) => level === 'warn'));
    await until('no partition is consumed', () => process.consumption.active() === 0);
  });
  expect(requests).toBeLessThan(PARTITIONS * 15);
  await provisionStreams(connection, SETTINGS);
  // More than there were: the sequences that were settled in the old stream are those of other events now.
  const after = [...(await published(keys)), ...(await published(keys))];
  await settled(before.length + after.length);
  expect(inOrder(record.sequences().slice(before.length))).toEqual(inOrder(after));
  await until('the log says so', () => process.log.lines.some(({ message }) => message.includes('again')));
});

test('NATS is killed and started again: each event is settled, in the order of its key', async () => {
  const keys = manyKeys();
  const first = published(keys);
  await until('some settled', () => record.settled.length > 5);
  await nats.kill();
  const second = first.then(() => published(keys));
  await nats.start();
  const all = [...(await first), ...(await second)];
  await until('all settled', () => new Set(record.sequences()).size === all.length, RECOVERED_MS);

  for (const key of keys) {
    const order = record.settled.filter((each) => each.key === key).map(({ sequence }) => sequence);
    expect(firstTimes(order)).toEqual(inOrder(firstTimes(order)));
  }
});

test('JetStream comes back later than NATS: consuming goes on within seconds', async () => {
  const [before] = await published([newKey()]);
  await settled(1);
  await nats.kill();
  nats.startWithoutJetStream();
  await until(
    'connected',
    () => connection.info?.jetstream !== true && process.connection.info !== undefined,
  );
  await until('NATS is back', () => process.log.lines.some(({ message }) => message === 'NATS is back'));
  await until('JetStream is missed', () =>
    process.log.lines.some(({ message }) => message.includes('partitions')),
  );
  await nats.kill();
  await nats.start();
  const [after] = await published([newKey()]);
  await until('the new event', () => record.sequences().includes(after ?? 0), RECOVERED_MS);
  expect(firstTimes(record.sequences())).toEqual([before, after]);
});
