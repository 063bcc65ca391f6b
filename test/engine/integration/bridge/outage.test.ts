// What holds when Temporal is away or a bridge dies: nothing is dropped, nothing is applied twice.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Publish } from '../../../../src/adapters/nats';
import { createPublisher, EVENTS_STREAM } from '../../../../src/adapters/nats';
import type { SagaResult } from '../../../../src/contracts';
import { deadLettersIn, startTestBridge, testTemporal } from '../../../support/bridge';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { startProxy } from '../../../support/proxy';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

/** Within seconds of Temporal's return: the longest pause of the bridge and of gRPC, on a busy machine. */
const RESUMED_MS = 6_000;
/** Long enough for attempts by the dozen. */
const AWAY_MS = 6_000;

jest.setTimeout(40_000);

let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let publish: Publish;

beforeAll(async () => {
  temporal = testTemporal();
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  publish = createPublisher(nats.connection.jetstream());
});
afterAll(() => Promise.all([nats.stop(), worker.stop(), temporal.connection.close()]));
beforeEach(async () => {
  const manager = await nats.connection.jetstreamManager();
  await manager.streams.purge(EVENTS_STREAM);
});

const resultOf = (key: string) => temporal.workflow.getHandle(`ping-${key}`).result() as Promise<SagaResult>;

/** Events for a group of bridges that are not acknowledged: handed out, or waiting behind another of their partition. */
async function unacknowledged(group: string): Promise<number> {
  const manager = await nats.connection.jetstreamManager();
  let count = 0;
  for await (const { name, num_ack_pending, num_pending } of manager.consumers.list(EVENTS_STREAM)) {
    if (name.startsWith(`${group}-`)) count += num_ack_pending + num_pending;
  }
  return count;
}

test('while Temporal is away events are held, not acknowledged; on its return they are delivered within seconds', async () => {
  const proxy = await startProxy(prepared('servers').temporalAddress);
  const bridge = await startTestBridge({ url: nats.url, name: 'outage', temporalAddress: proxy.address });
  const keys = [newKey(), newKey(), newKey()];
  await publish(pingEvent(keys[0] ?? ''));
  await until('one event accepted', () => bridge.settled.length === 1);

  await proxy.close();
  for (const key of keys) await publish(pingEvent(key));
  await until('each event held', () => bridge.held.length >= keys.length, 20_000);
  expect(await unacknowledged('outage')).toBe(keys.length);
  expect(bridge.settled).toHaveLength(1);

  await proxy.open();
  await until('all accepted', () => bridge.settled.length === 1 + keys.length, RESUMED_MS);
  expect(new Set(bridge.settled.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
  expect(await unacknowledged('outage')).toBe(0);
  for (const key of keys) await publish(pongEvent(key));
  const states = await Promise.all(keys.map(async (key) => (await resultOf(key)).state));
  expect(states).toEqual(['ponged after 2', 'ponged after 1', 'ponged after 1']);
  expect(await deadLettersIn(nats.connection)).toEqual([]);
  await bridge.stop();
  await proxy.close();
});

test('an outage is one line of the log when it begins and one when it ends, however many events wait', async () => {
  const proxy = await startProxy(prepared('servers').temporalAddress);
  const bridge = await startTestBridge({ url: nats.url, name: 'quiet', temporalAddress: proxy.address });
  await publish(pingEvent(newKey()));
  await until('one event accepted', () => bridge.settled.length === 1);
  await proxy.close();
  const keys = Array.from({ length: 30 }, newKey);
  for (const key of keys) await publish(pingEvent(key));
  await until('events held', () => bridge.held.length > 0, 20_000);
  await sleep(AWAY_MS);
  await proxy.open();
  await until('all accepted', () => bridge.settled.length === 1 + keys.length, 2 * RESUMED_MS);
  expect(bridge.held.length).toBeGreaterThan(keys.length / 2);
  expect(bridge.log.lines.map(({ message }) => message)).toEqual([
    'Temporal is away: events are held',
    'Temporal is back: events go on',
  ]);
  await bridge.stop();
  await proxy.close();
});

test('a bridge that stops while it holds an event gives it back to be had at once', async () => {
  const proxy = await startProxy(prepared('servers').temporalAddress);
  await proxy.close();
  const holding = await startTestBridge({ url: nats.url, name: 'handing', temporalAddress: proxy.address });
  const key = newKey();
  await publish(pingEvent(key));
  await until('the event held', () => holding.held.length > 0, 20_000);
  const stopped = holding.stop();
  const other = await startTestBridge({ url: nats.url, name: 'handing' });
  await stopped;
  const since = Date.now();
  await until('the event accepted', () => other.settled.length === 1);
  expect(Date.now() - since).toBeLessThan(2_000);
  expect(holding.settled).toEqual([{ outcome: 'released', reason: undefined }]);
  await other.stop();
});

test('a bridge killed between dispatch and acknowledgement: the event comes again and has one effect', async () => {
  const key = newKey();
  let dispatched = false;
  const dying = await startTestBridge({
    url: nats.url,
    name: 'dying',
    delivered: (delivery) => ({
      ...delivery,
      settle: () => void (dispatched = true),
    }),
  });
  await publish(pingEvent(key));
  await until('the event dispatched', () => dispatched);
  await dying.connection.close();

  const surviving = await startTestBridge({ url: nats.url, name: 'dying' });
  await until('the event settled', () => surviving.settled.length === 1);
  await publish(pongEvent(key));
  expect((await resultOf(key)).state).toBe('ponged after 1');
  await surviving.stop();
  await dying.stop();
});

test('an acknowledgement that gets lost: the event comes again, to a workflow that has closed meanwhile', async () => {
  const key = newKey();
  const pong = pongEvent(key);
  const bridge = await startTestBridge({
    url: nats.url,
    name: 'deaf',
    delivered: (delivery) => ({
      ...delivery,
      settle: () => {
        if (delivery.subject !== pong.subject || delivery.deliveryCount > 1) delivery.settle();
      },
    }),
  });
  await publish(pingEvent(key));
  await publish(pong);
  await until('both settled, one twice', () => bridge.settled.length === 3, 15_000);
  expect((await resultOf(key)).state).toBe('ponged after 1');
  expect(bridge.settled.at(-1)).toEqual({ outcome: 'repeated', reason: undefined });
  await bridge.stop();
});
