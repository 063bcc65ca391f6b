// A redrive against real workflows: what would become of it is known beforehand, and nothing is applied twice.
import type { Client } from '@temporalio/client';
import { createDeadLetters, createPublisher, DEAD_LETTERS_STREAM } from '../../../../src/adapters/nats';
import { forecastOf } from '../../../../src/adapters/temporal';
import type { OutgoingEvent, SagaResult } from '../../../../src/contracts';
import { createCatalogue, decodePublished } from '../../../../src/contracts';
import { redriveDeadLetter } from '../../../../src/dead-letters';
import type { TestBridge } from '../../../support/bridge';
import { startTestBridge, testTemporal } from '../../../support/bridge';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pingDomain } from '../../../support/ping/domain';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

const catalogue = createCatalogue([pingDomain]);
let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let bridge: TestBridge;

beforeAll(async () => {
  temporal = testTemporal();
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  bridge = await startTestBridge({ url: nats.url, name: 'once' });
});
afterAll(async () => {
  await bridge.stop();
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close()]);
});

async function deliver(...events: OutgoingEvent[]): Promise<void> {
  for (const event of events) {
    const before = bridge.settled.length;
    await createPublisher(nats.connection.jetstream())(event);
    await until('settled', () => bridge.settled.length > before);
  }
}

const handleOf = (key: string) => temporal.workflow.getHandle(`ping-${key}`);
const closed = (key: string) =>
  handleOf(key)
    .result()
    .catch(() => undefined);

function forecast(outgoing: OutgoingEvent) {
  const decoding = decodePublished({ ...outgoing, headers: {} }, catalogue);
  if (!decoding.ok) throw new Error(decoding.rejection.detail);
  const [route] = catalogue.routesOf(decoding.event.type);
  if (!route) throw new Error('no route');
  return forecastOf(temporal, decoding.event, route);
}

describe('the forecast of an event', () => {
  test('whose workflow never was: it opens it or is unmatched', async () => {
    const key = newKey();
    expect(await forecast(pingEvent(key))).toBe('delivered');
    expect(await forecast(pongEvent(key))).toBe('unmatched');
  });

  test('whose workflow is open: it arrives', async () => {
    const key = newKey();
    await deliver(pingEvent(key));
    expect([await forecast(pingEvent(key)), await forecast(pongEvent(key))]).toEqual([
      'delivered',
      'delivered',
    ]);
  });

  test('whose workflow has completed: it is repeated or late', async () => {
    const key = newKey();
    const [first, last] = [pingEvent(key), pongEvent(key)];
    await deliver(first, last);
    await closed(key);
    expect([await forecast(first), await forecast(last)]).toEqual(['repeated', 'repeated']);
    expect([await forecast(pingEvent(key)), await forecast(pongEvent(key))]).toEqual(['late', 'late']);
  });

  test.each(['failed', 'terminated'])('whose workflow has %s: an opening one opens it anew', async (how) => {
    const key = newKey();
    const failing = pongEvent(key, { note: 'fail' });
    await deliver(pingEvent(key));
    if (how === 'failed') await deliver(failing);
    else await handleOf(key).terminate('by the test');
    await closed(key);
    expect(await forecast(pingEvent(key))).toBe('delivered');
    expect(await forecast(pongEvent(key))).toBe('late');
    expect(await forecast(failing)).toBe(how === 'failed' ? 'repeated' : 'late');
  });
});

test('an event that was applied and is redriven all the same is applied once', async () => {
  const key = newKey();
  const event = pingEvent(key);
  await deliver(event);
  await createDeadLetters(nats.connection.jetstream(), () => new Date()).publish({
    delivery: {
      ...event,
      headers: {},
      stream: 'EVENTS',
      sequence: 1,
      deliveryCount: 1,
      storedAt: new Date(),
    },
    rejection: { reason: 'rejected-by-temporal', detail: 'although it was accepted' },
    route: 'pinged',
  });
  const manager = await nats.connection.jetstreamManager();
  const { state } = await manager.streams.info(DEAD_LETTERS_STREAM);
  const tools = await deadLetterTools(nats.connection, {
    forecast: (decoded, route) => forecastOf(temporal, decoded, route),
  });
  const before = bridge.settled.length;
  await redriveDeadLetter(tools, state.last_seq, { by: 'tester' });
  await redriveDeadLetter(tools, state.last_seq, { by: 'tester', again: true });
  await until('both are settled', () => bridge.settled.length >= before + 2);

  await deliver(pongEvent(key));
  expect(((await handleOf(key).result()) as SagaResult).state).toBe('ponged after 1');
});
