// A real bridge process is told to stop while events flow, another one of its group goes on: nothing comes twice.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Msg } from 'nats';
import { submissionOf, orderOf } from '../../../../demo/orders';
import { createPublisher, DEAD_LETTERS_STREAM, EVENTS_STREAM } from '../../../../src/adapters/nats';
import { PARTITIONS, workflowIdOf } from '../../../../src/contracts';
import { order as orderProcess } from '../../../../domains/shop/workflows';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { Roles } from '../../../support/roles';
import { rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';

const KEYS = 150;
const EVENTS_OF_A_KEY = 5;
/** Published at once, and then a pause: about as many as the bridges handle, so that every partition has work. */
const AT_ONCE = 15;
const PAUSE_MS = 50;
/** The server gives an event away after so long a silence: one that a stopped bridge takes along holds up its partition. */
const ACK_WAIT_MS = 4_000;
const STOPPED_WITHIN_MS = 5_000;
const APPLIED_WITHIN_MS = 30_000;
const TEST_MS = 90_000;

jest.setTimeout(TEST_MS);

let nats: TestNats;
let temporal: { client: Client; address: string; namespace: string };
let roles: Roles;

beforeAll(async () => {
  [nats, temporal] = await Promise.all([startTestNats(), createTestNamespace()]);
  roles = rolesWith({
    NATS_URL: nats.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  });
});
afterAll(async () => {
  await roles.stop();
  await temporal.client.connection.close();
  await nats.stop();
});

test('one of two bridges stops under load: each event is delivered once and applied once, none waits', async () => {
  const publish = createPublisher(nats.connection.jetstream());
  const manager = await nats.connection.jetstreamManager();
  const [stopping] = await Promise.all([roles.start('bridge'), roles.start('bridge')]);
  const acknowledged = acknowledgements();

  const keys = Array.from({ length: KEYS }, (_, index) => `drain-${index}`);
  const stored = new Map<number, number>();
  let stopped: Promise<{ code: number | null; afterMs: number }> | undefined;
  const all = KEYS * EVENTS_OF_A_KEY;
  for (let from = 0; from < all; from += AT_ONCE) {
    const now = performance.now();
    const receipts = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        publish({ ...eventOf(keys[(from + index) % KEYS] ?? '') }),
      ),
    );
    for (const { sequence } of receipts) stored.set(sequence, now);
    if (from >= all / 2 && !stopped) {
      const since = performance.now();
      stopped = stopping.ended.then(({ code, at }) => ({ code, afterMs: at - since }));
      stopping.signal('SIGTERM');
    }
    await sleep(PAUSE_MS);
  }
  const end = await stopped;
  await until('all acknowledged', () => acknowledged.size === all, APPLIED_WITHIN_MS);

  const consumers = await manager.consumers.list(EVENTS_STREAM).next();
  expect(consumers).toHaveLength(PARTITIONS);
  const sumOf = (value: (consumer: (typeof consumers)[number]) => number) =>
    consumers.reduce((sum, consumer) => sum + value(consumer), 0);
  expect(sumOf(({ num_redelivered }) => num_redelivered)).toBe(0);
  expect(sumOf(({ num_ack_pending }) => num_ack_pending)).toBe(0);
  // The consumer counts each delivery of an event, the stream each event: they are as many.
  expect(sumOf(({ delivered }) => delivered.consumer_seq)).toBe(all);
  expect((await manager.streams.info(EVENTS_STREAM)).state.messages).toBe(all);
  expect((await manager.streams.info(DEAD_LETTERS_STREAM)).state.messages).toBe(0);
  expect([...acknowledged.values()].filter(({ deliveries, acks }) => deliveries !== 1 || acks !== 1)).toEqual(
    [],
  );

  const longest = longestStandstill(acknowledged, stored);
  process.stdout.write(
    `${all} events: the bridge ended after ${end?.afterMs.toFixed(0)} ms, the longest standstill of a partition was ${longest.toFixed(0)} ms\n`,
  );
  expect(longest).toBeLessThan(ACK_WAIT_MS);
  expect(end?.code).toBe(0);
  expect(end?.afterMs).toBeLessThan(STOPPED_WITHIN_MS);
  expect(await signalsOf(keys)).toEqual(keys.map(() => EVENTS_OF_A_KEY));
});

test('a bridge without work stops at once', async () => {
  const bridge = await roles.start('bridge');
  const since = performance.now();
  bridge.signal('SIGTERM');
  const { code, at } = await bridge.ended;
  expect(code).toBe(0);
  expect(at - since).toBeLessThan(STOPPED_WITHIN_MS);
});

/** The first event of a key opens the order's workflow; nobody runs it, so that all that it receives is in its history. */
function eventOf(orderId: string) {
  const submission = submissionOf(orderOf(orderId));
  const id = randomUUID();
  const body = Buffer.from(Buffer.from(submission.body).toString().replaceAll(submission.id, id));
  return { ...submission, id, body };
}

interface Acknowledgement {
  readonly consumer: string;
  readonly deliveries: number;
  readonly acks: number;
  readonly at: number;
}

/** By stream sequence: what the bridges have said to the server about each event. */
function acknowledgements(): ReadonlyMap<number, Acknowledgement> {
  const seen = new Map<number, Acknowledgement>();
  nats.connection.subscribe('$JS.ACK.>', {
    callback: (_, message: Msg) => {
      if (message.string() === '+WPI') return;
      const [, , , consumer = '', ...numbers] = message.subject.split('.');
      const [deliveries = 0, sequence = 0] = numbers.map(Number);
      const acks = (seen.get(sequence)?.acks ?? 0) + 1;
      seen.set(sequence, { consumer, deliveries, acks, at: performance.now() });
    },
  });
  return seen;
}

/** The longest time in which a partition had an event to handle and none was done with. */
function longestStandstill(
  acknowledged: ReadonlyMap<number, Acknowledgement>,
  stored: ReadonlyMap<number, number>,
): number {
  const last = new Map<string, number>();
  let longest = 0;
  for (const [sequence, { consumer, at }] of [...acknowledged].sort(([one], [other]) => one - other)) {
    const since = Math.max(last.get(consumer) ?? 0, stored.get(sequence) ?? 0);
    longest = Math.max(longest, at - since);
    last.set(consumer, at);
  }
  return longest;
}

async function signalsOf(keys: readonly string[]): Promise<number[]> {
  const counts: number[] = [];
  for (const key of keys) {
    const handle = temporal.client.workflow.getHandle(workflowIdOf(orderProcess, key));
    const { events } = await handle.fetchHistory();
    counts.push((events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length);
  }
  return counts;
}
