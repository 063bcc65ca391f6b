// How events are handed out while nothing fails: one of a partition at a time, in order, to whoever is free.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager } from 'nats';
import type { Publish } from '../../../../src/adapters/nats';
import { createPublisher, EVENTS_STREAM } from '../../../../src/adapters/nats';
import type { Delivery } from '../../../../src/delivery';
import { parseSubject, PARTITIONS } from '../../../../src/contracts';
import { recorder, startConsumer } from '../../../support/consumers';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { startSlowNetwork } from '../../../support/slow-network';
import { newKey, pingEvent } from '../../../support/ping/events';
import { sendRaw } from '../../../support/raw-nats';
import { until } from '../../../support/until';

/** `ack_wait`: the server gives an event away after so long a silence. */
const ACK_WAIT_MS = 4_000;
const HEARTBEAT_MS = 1_000;

jest.setTimeout(30_000);

let nats: TestNats;
let manager: JetStreamManager;
let publish: Publish;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  publish = createPublisher(nats.connection.jetstream());
});
afterAll(() => nats.stop());

/** An empty stream, whose sequences go on. */
beforeEach(() => manager.streams.purge(EVENTS_STREAM));

async function publishTo(keys: readonly string[], count: number): Promise<number[]> {
  const sequences: number[] = [];
  for (let n = 0; n < count; n++) {
    const { sequence } = await publish(pingEvent(keys[n % keys.length] ?? ''));
    sequences.push(sequence);
  }
  return sequences;
}

async function partitionOf(sequence: number): Promise<string> {
  const { subject } = await manager.streams.getMessage(EVENTS_STREAM, { seq: sequence });
  return subject.split('.')[2] ?? '';
}

/** Requests for events that the server holds for a group. */
async function waitingRequests(name: string): Promise<number> {
  const consumers = await manager.consumers.list(EVENTS_STREAM).next();
  return consumers
    .filter((consumer) => consumer.name.startsWith(`${name}-`))
    .reduce((sum, { num_waiting }) => sum + num_waiting, 0);
}

test('two processes share the work: one un-acked event of a partition at a time, in the order of each key', async () => {
  // More keys than partitions: some partitions hold several keys.
  const keys = Array.from({ length: 2 * PARTITIONS }, newKey);
  const sequences = await publishTo(keys, 3 * keys.length);
  const partitions = new Map(
    await Promise.all(sequences.map(async (each) => [each, await partitionOf(each)] as const)),
  );
  const inHand = new Map<string, number>();
  let mostInHand = 0;
  const handled: { by: string; sequence: number; key: string | undefined }[] = [];
  const handleAs = (by: string) => async (delivery: Delivery) => {
    const partition = partitions.get(delivery.sequence) ?? '';
    inHand.set(partition, (inHand.get(partition) ?? 0) + 1);
    mostInHand = Math.max(mostInHand, inHand.get(partition) ?? 0);
    // Long enough for a second event of the partition to arrive, if the server gave one away.
    await sleep(5);
    handled.push({ by, sequence: delivery.sequence, key: parseSubject(delivery.subject)?.key });
    inHand.set(partition, (inHand.get(partition) ?? 0) - 1);
    delivery.settle();
  };
  const processes = await Promise.all(
    ['one', 'other'].map((by) => startConsumer({ url: nats.url, name: 'shared', handle: handleAs(by) })),
  );
  await until('all events handled', () => handled.length >= sequences.length);
  await Promise.all(processes.map((each) => each.stop()));

  expect(mostInHand).toBe(1);
  expect(new Set(handled.map(({ by }) => by))).toEqual(new Set(['one', 'other']));
  for (const key of keys) {
    const order = handled.filter((each) => each.key === key).map(({ sequence }) => sequence);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).toHaveLength(3);
  }
});

test('stop() waits for the event in hand, takes no other, and leaves the next one to be had at once', async () => {
  const [first, second] = await publishTo([newKey()], 2);
  let openGate: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (openGate = resolve));
  const seen: number[] = [];
  const stopping = await startConsumer({
    url: nats.url,
    name: 'stopping',
    handle: async (delivery) => {
      seen.push(delivery.sequence);
      await gate;
      delivery.settle();
    },
  });
  await until('the first event in hand', () => seen.length === 1);

  let stopped = false;
  const stop = stopping.consumption.stop().then(() => (stopped = true));
  const next = recorder();
  const following = await startConsumer({ url: nats.url, name: 'stopping', handle: next.handle });
  expect([stopped, next.settled]).toEqual([false, []]);
  const released = Date.now();
  openGate?.();
  await stop;
  await until('the second event handed over', () => next.settled.length === 1);

  expect(seen).toEqual([first]);
  expect(next.settled).toMatchObject([{ sequence: second, deliveryCount: 1 }]);
  expect((next.settled[0]?.at ?? 0) - released).toBeLessThan(ACK_WAIT_MS / 2);
  await stopping.connection.close();
  await following.stop();
});

test('stop() gives back what is released, and ends at once when nothing is in hand', async () => {
  const [sequence] = await publishTo([newKey()], 1);
  const handed: number[] = [];
  const releasing = await startConsumer({
    url: nats.url,
    name: 'releasing',
    handle: async (delivery, stopping) => {
      handed.push(delivery.sequence);
      await new Promise((resolve) => stopping.addEventListener('abort', resolve));
      delivery.release();
    },
  });
  await until('the event in hand', () => handed.length === 1);
  const since = Date.now();
  await releasing.stop();
  const next = recorder();
  const following = await startConsumer({ url: nats.url, name: 'releasing', handle: next.handle });
  await until('the released event handed over', () => next.settled.length === 1);
  await following.stop();

  expect(next.settled).toMatchObject([{ sequence, deliveryCount: 2 }]);
  expect(Date.now() - since).toBeLessThan(ACK_WAIT_MS / 2);
});

test('stop() loses no event that is on its way to us: it is handled, not left to wait and come again', async () => {
  const slow = await startSlowNetwork(nats.url);
  const last = recorder();
  const stopping = await startConsumer({ url: slow.url, name: 'crossing', handle: last.handle });
  await until('all partitions ask', async () => (await waitingRequests('crossing')) === PARTITIONS);
  slow.hold();
  const sequences = await publishTo(Array.from({ length: PARTITIONS }, newKey), PARTITIONS);
  const since = Date.now();
  const stopped = stopping.consumption.stop();
  const next = recorder();
  const following = await startConsumer({ url: nats.url, name: 'crossing', handle: next.handle });
  slow.release();
  await stopped;
  await until('all settled', () => last.settled.length + next.settled.length === sequences.length);
  await stopping.connection.close();
  await following.stop();
  await slow.stop();

  const settled = [...last.settled, ...next.settled];
  expect(settled.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(sequences);
  expect(settled.filter(({ deliveryCount }) => deliveryCount > 1)).toEqual([]);
  expect(last.settled.length).toBeGreaterThan(0);
  expect(Date.now() - since).toBeLessThan(ACK_WAIT_MS / 2);
});

test('one request brings many events, one after another', async () => {
  const key = newKey();
  const requests: string[] = [];
  const watching = nats.connection.subscribe(`$JS.API.CONSUMER.MSG.NEXT.${EVENTS_STREAM}.*`, {
    callback: (_, { subject }) => requests.push(subject),
  });
  const { handle, settled } = recorder();
  const sequences = await publishTo([key], 50);
  const consumer = await startConsumer({ url: nats.url, name: 'asking', handle });
  await until('all settled', () => settled.length === sequences.length);
  await consumer.stop();
  watching.unsubscribe();
  const own = `asking-${(await partitionOf(sequences[0] ?? 0)).padStart(2, '0')}`;
  // The first, and one for each time that a request has run out.
  const asked = requests.filter((subject) => subject.endsWith(own)).length;
  expect(asked).toBeGreaterThanOrEqual(1);
  expect(asked).toBeLessThanOrEqual(3);
  expect(settled.map(({ sequence }) => sequence)).toEqual(sequences);
});

test('an event whose holder has crashed comes to another process within seconds', async () => {
  const [sequence] = await publishTo([newKey()], 1);
  const held: Delivery[] = [];
  const crashing = await startConsumer({
    url: nats.url,
    name: 'crashing',
    handle: (delivery) => {
      held.push(delivery);
      return new Promise(() => undefined);
    },
  });
  const [delivery] = await until('the event in hand', () => held.length > 0 && held);
  const next = recorder();
  const surviving = await startConsumer({ url: nats.url, name: 'crashing', handle: next.handle });
  const crashed = Date.now();
  await crashing.connection.close();
  await until('the event handed over', () => next.settled.length === 1);
  await surviving.stop();

  expect(next.settled).toMatchObject([{ sequence, deliveryCount: 2 }]);
  expect((next.settled[0]?.at ?? 0) - crashed).toBeLessThan(ACK_WAIT_MS + 1_500);
  // What the dead process still tries does no harm: nothing throws outside of settle().
  delivery?.working();
  delivery?.release();
  expect(() => delivery?.settle()).toThrow('CONNECTION_CLOSED');
});

test('an event stays with whoever says that it works on it, for longer than the server waits', async () => {
  const [sequence] = await publishTo([newKey()], 1);
  const handed: number[] = [];
  const handle = async (delivery: Delivery) => {
    handed.push(delivery.deliveryCount);
    const done = Date.now() + ACK_WAIT_MS + 2 * HEARTBEAT_MS;
    while (Date.now() < done) {
      await sleep(HEARTBEAT_MS);
      delivery.working();
    }
    delivery.settle();
  };
  const processes = await Promise.all(
    [1, 2].map(() => startConsumer({ url: nats.url, name: 'working', handle })),
  );
  const consumer = `working-${(await partitionOf(sequence ?? 0)).padStart(2, '0')}`;
  await until('the event settled', async () => {
    const { ack_floor } = await manager.consumers.info(EVENTS_STREAM, consumer);
    return ack_floor.stream_seq === sequence;
  });
  await Promise.all(processes.map((each) => each.stop()));
  expect(handed).toEqual([1]);
});

test('a process that stops without a word keeps one event for a while, and gets no other', async () => {
  const slow = await startSlowNetwork(nats.url);
  const asleep = recorder();
  const silent = await startConsumer({ url: slow.url, name: 'asleep', handle: asleep.handle });
  await until('all partitions ask', async () => (await waitingRequests('asleep')) === PARTITIONS);
  slow.hold();
  const next = recorder();
  const following = await startConsumer({ url: nats.url, name: 'asleep', handle: next.handle });
  try {
    const since = Date.now();
    const sequences = await publishTo([newKey()], 6);
    await until('all settled', () => next.settled.length === sequences.length, 20_000);
    expect(Date.now() - since).toBeLessThan(ACK_WAIT_MS + ACK_WAIT_MS / 2);
    expect(next.settled.map(({ sequence }) => sequence)).toEqual(sequences);
  } finally {
    slow.release();
    await Promise.all([silent.stop(), following.stop()]);
    await slow.stop();
  }
});

test('an event that no client would send is handed over too: unreadable headers, a wildcard for a key', async () => {
  const taken: Delivery[] = [];
  await sendRaw(nats.url, { subject: 'evt.pings.pinged.v2.k', header: 'a name with spaces: x', body: '{}' });
  await sendRaw(nats.url, { subject: 'evt.pings.pinged.v2.*', header: 'X-Fine: x', body: '{}' });
  await publishTo([newKey()], 1);
  const consumer = await startConsumer({
    url: nats.url,
    name: 'odd',
    handle: (delivery) => {
      taken.push(delivery);
      delivery.settle();
      return Promise.resolve();
    },
  });
  await until('all three', () => taken.length === 3);
  await consumer.stop();
  const bySubject = new Map(taken.map((delivery) => [delivery.subject, delivery]));
  expect(bySubject.get('evt.pings.pinged.v2.k')?.headers).toHaveProperty('Sagaline-Unreadable-Headers');
  expect(bySubject.get('evt.pings.pinged.v2.*')?.headers).toEqual({ 'X-Fine': ['x'] });
});
