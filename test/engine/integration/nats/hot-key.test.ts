// 1,500 events of one key: the events of other keys of their partition do not wait for them, and each key keeps its order.
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '../../../../bench/bridge/partition';
import { createPublisher, EVENTS_STREAM } from '../../../../src/adapters/nats';
import { parseSubject } from '../../../../src/contracts';
import type { Delivery } from '../../../../src/delivery';
import { startConsumer } from '../../../support/consumers';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';
import { sendRaw } from '../../../support/raw-nats';
import { until } from '../../../support/until';

const HOT = 600;
const NEIGHBOURS = 6;
const OF_EACH = 5;
/** As long as a signal takes. In their turn, the events behind the hot key would wait for four seconds. */
const HANDLED_IN_MS = 7;
const TARGET_MS = 1_000;

jest.setTimeout(60_000);

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());

interface Handled {
  readonly by: string;
  readonly sequence: number;
  readonly key: string;
  readonly at: number;
}

/** A hot key, and further keys of its partition. */
function keysOfOnePartition(): { hot: string; neighbours: string[] } {
  const hot = newKey();
  const neighbours: string[] = [];
  while (neighbours.length < NEIGHBOURS) {
    const key = newKey();
    if (partitionOf(key) === partitionOf(hot)) neighbours.push(key);
  }
  return { hot, neighbours };
}

async function publishAll(keys: readonly string[]): Promise<number[]> {
  const publish = createPublisher(nats.connection.jetstream());
  const receipts = await Promise.all(keys.map((key) => publish(pingEvent(key))));
  return receipts.map(({ sequence }) => sequence);
}

function recording(handled: Handled[]) {
  return (by: string) => async (delivery: Delivery) => {
    const key = parseSubject(delivery.subject)?.key ?? delivery.subject;
    await sleep(HANDLED_IN_MS);
    handled.push({ by, key, sequence: delivery.sequence, at: performance.now() });
    delivery.settle();
  };
}

/** The sequences of one key as a workflow applies them: repeats are dropped. */
function appliedOf(handled: readonly Handled[], key: string): number[] {
  return [...new Set(handled.filter((each) => each.key === key).map(({ sequence }) => sequence))];
}

function expectOrder(handled: readonly Handled[], sequences: readonly number[]): void {
  for (const key of new Set(handled.map((each) => each.key))) {
    const applied = appliedOf(handled, key);
    expect(applied).toEqual([...applied].sort((one, other) => one - other));
  }
  const all = new Set(handled.map(({ sequence }) => sequence));
  expect(sequences.filter((sequence) => !all.has(sequence))).toEqual([]);
}

async function untilSettled(name: string, sequence: number, hot: string): Promise<void> {
  const manager = await nats.connection.jetstreamManager();
  const consumer = `${name}-${String(partitionOf(hot)).padStart(2, '0')}`;
  await until(
    'all are settled in their turn',
    async () => (await manager.consumers.info(EVENTS_STREAM, consumer)).ack_floor.stream_seq >= sequence,
    40_000,
  );
}

test('neighbours of a hot key start within a second, each once and in its order', async () => {
  const { hot, neighbours } = keysOfOnePartition();
  const handled: Handled[] = [];
  const consumer = await startConsumer({
    ...{ url: nats.url, name: 'hot', ahead: true },
    handle: recording(handled)('one'),
  });
  const hotOnes = await publishAll(Array.from({ length: HOT }, () => hot));
  const published = performance.now();
  const behind = await publishAll(Array.from({ length: OF_EACH }, () => neighbours).flat());
  await until('the neighbours', () => handled.filter(({ key }) => key !== hot).length === behind.length);
  const started = handled.filter(({ key }) => key !== hot).map(({ at }) => at - published - HANDLED_IN_MS);
  process.stdout.write(
    `${HOT} events of a hot key: its neighbours started after ${Math.round(Math.min(...started))} to ` +
      `${Math.round(Math.max(...started))} ms\n`,
  );
  const hotBefore = appliedOf(handled, hot).length;
  await untilSettled('hot', behind.at(-1) ?? 0, hot);
  await consumer.stop();

  expect(Math.min(...started)).toBeLessThan(TARGET_MS);
  expect(hotBefore).toBeLessThan(HOT / 2);
  expectOrder(handled, [...hotOnes, ...behind]);
  // Nothing fails here, so nothing comes twice.
  expect(handled).toHaveLength(hotOnes.length + behind.length);
});

test('two processes, one of them gone: what either has settled ahead the other skips, and no key loses its order', async () => {
  const { hot, neighbours } = keysOfOnePartition();
  const handled: Handled[] = [];
  const handle = recording(handled);
  const [one, other] = await Promise.all(
    ['one', 'other'].map((by) =>
      startConsumer({ ...{ url: nats.url, name: 'pair', ahead: true }, handle: handle(by) }),
    ),
  );
  const hotOnes = await publishAll(Array.from({ length: HOT }, () => hot));
  const behind = await publishAll(Array.from({ length: OF_EACH }, () => neighbours).flat());
  await until('some neighbours', () => handled.filter(({ key }) => key !== hot).length >= NEIGHBOURS);
  const [leading, following] =
    handled.find(({ key }) => key !== hot)?.by === 'one' ? [one, other] : [other, one];
  await leading?.connection.close();
  const later = await publishAll(neighbours);
  await untilSettled('pair', later.at(-1) ?? 0, hot);
  await following?.stop();

  expectOrder(handled, [...hotOnes, ...behind, ...later]);
  // What was in flight where the connection was lost comes again, and nothing else.
  const repeats = handled.length - new Set(handled.map(({ sequence }) => sequence)).size;
  expect(repeats).toBeLessThan(2 * NEIGHBOURS);
});

test('an event before its turn is the same as in its turn, whatever its headers are', async () => {
  const { hot, neighbours } = keysOfOnePartition();
  const [forging = '', plain = '', odd = ''] = neighbours;
  const received: Delivery[] = [];
  const consumer = await startConsumer({
    ...{ url: nats.url, name: 'same', ahead: true },
    handle: async (delivery) => {
      await sleep(HANDLED_IN_MS);
      received.push(delivery);
      delivery.settle();
    },
  });
  await publishAll(Array.from({ length: HOT / 2 }, () => hot));
  const subject = (key: string) => `evt.pings.pinged.v2.${key}`;
  await sendRaw(nats.url, { subject: subject(plain), header: 'X-Fine: x', body: '{}' });
  await sendRaw(nats.url, { subject: subject(forging), header: 'Nats-Sequence: 1', body: '{}' });
  await sendRaw(nats.url, { subject: subject(odd), header: 'a name with spaces: x', body: '{}' });
  const [last = 0] = await publishAll([plain]);
  await untilSettled('same', last, hot);
  await consumer.stop();

  const positionOf = (key: string) => received.findIndex((each) => each.subject === subject(key));
  const of = (key: string) => received[positionOf(key)];
  /** Events of the hot key before this one; those of the tests before come in between. */
  const hotBefore = (key: string) =>
    received.slice(0, positionOf(key)).filter((each) => each.subject === subject(hot)).length;
  expect(of(plain)).toMatchObject({ stream: EVENTS_STREAM, headers: { 'X-Fine': ['x'] }, deliveryCount: 1 });
  expect(Buffer.from(of(plain)?.body ?? []).toString()).toBe('{}');
  expect(of(forging)?.sequence).toBe((of(plain)?.sequence ?? 0) + 1);
  expect(of(odd)?.headers).toHaveProperty('Sagaline-Unreadable-Headers');
  // What cannot be read ahead waits for its turn, with all behind it.
  expect(hotBefore(plain)).toBeLessThan(HOT / 2);
  expect(hotBefore(odd)).toBe(HOT / 2);
  expect(received.filter((each) => each.subject === subject(plain))).toHaveLength(2);
});
