// What becomes of an event, with real servers: the table of targets × events of the ping domain.
import type { Client } from '@temporalio/client';
import type { Publish } from '../../../../src/adapters/nats';
import { createPublisher } from '../../../../src/adapters/nats';
import type { SagaResult } from '../../../../src/contracts';
import { SEARCH_ATTRIBUTES } from '../../../../src/contracts';
import type { TestBridge } from '../../../support/bridge';
import { deadLetterFor, deadLettersIn, startTestBridge, testTemporal } from '../../../support/bridge';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pingV1Event, pongEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

jest.setTimeout(30_000);

let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let bridge: TestBridge;
let publish: Publish;

beforeAll(async () => {
  temporal = testTemporal();
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  bridge = await startTestBridge({ url: nats.url, name: 'routing' });
  publish = createPublisher(nats.connection.jetstream());
});
afterAll(async () => {
  await bridge.stop();
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close()]);
});
/** Each test counts its own. */
beforeEach(() => void bridge.settled.splice(0));

const handleOf = (key: string) => temporal.workflow.getHandle(`ping-${key}`);
const stateOf = async (key: string) => ((await handleOf(key).result()) as SagaResult).state;
const outcomes = (count: number) =>
  until(`${count} events settled`, () => bridge.settled.length >= count && bridge.settled);
const outcome = (name: string, reason?: string) => ({ outcome: name, reason });
const accepted = outcome('accepted');
const repeated = outcome('repeated');

/** Events one by one, each settled before the next: what is counted is then in this order. */
async function deliver(...events: Parameters<Publish>[0][]): Promise<void> {
  for (const event of events) {
    const before = bridge.settled.length;
    await publish(event);
    await outcomes(before + 1);
  }
}

/** The same event once more, as JetStream redelivers it: past its duplicate window, so to speak. */
const again = (event: Parameters<Publish>[0]) =>
  nats.connection.jetstream().publish(event.subject, event.body);

test('an opening event opens the workflow, with its search attributes; a reaching one reaches it', async () => {
  const key = newKey();
  await deliver(pingEvent(key));
  const opened = await handleOf(key).describe();
  expect(opened).toMatchObject({ type: 'ping', taskQueue: 'ping' });
  expect(await opened.staticSummary()).toBe(`Ping ${key}`);
  const attributes = opened.typedSearchAttributes.getAll().map((pair) => [pair.key.name, pair.value]);
  expect(Object.fromEntries(attributes)).toMatchObject({
    [SEARCH_ATTRIBUTES.correlationId]: key,
    [SEARCH_ATTRIBUTES.sagaState]: 'pinging',
  });
  await deliver(pingEvent(key), pongEvent(key));
  expect(await stateOf(key)).toBe('ponged after 2');
  expect(bridge.settled).toEqual([accepted, accepted, accepted]);
});

test("an event outside of its route's condition is acknowledged and goes nowhere", async () => {
  const key = newKey();
  await deliver(pingEvent(key), pongEvent(key, { note: 'ignore me' }), pingEvent(key), pongEvent(key));
  expect(await stateOf(key)).toBe('ponged after 2');
  expect(bridge.settled[1]).toEqual(outcome('unrouted'));
});

test('an event of an older version is brought to the version that the workflow knows', async () => {
  const key = newKey();
  await deliver(pingV1Event(key));
  const { events } = await handleOf(key).fetchHistory();
  const signal = events?.map((event) => event.workflowExecutionSignaledEventAttributes).find(Boolean);
  expect(signal?.signalName).toBe('test.sagaline.pings.pinged.v2');
  const sent = JSON.parse(String(signal?.input?.payloads?.[0]?.data)) as { data: unknown };
  expect(sent.data).toEqual({ pingId: key, urgency: 0 });
  await deliver(pongEvent(key));
  expect(await stateOf(key)).toBe('ponged after 1');
});

test('a repeated event is applied once: while the workflow runs, and after it has closed', async () => {
  const key = newKey();
  const [first, last] = [pingEvent(key), pongEvent(key)];
  await deliver(first);
  await again(first);
  await outcomes(2);
  await deliver(last);
  expect(await stateOf(key)).toBe('ponged after 1');
  await again(first);
  await again(last);
  expect(await outcomes(5)).toEqual([accepted, accepted, accepted, repeated, repeated]);
  const deadLetters = await deadLettersIn(nats.connection);
  expect(deadLetters.filter(({ subject }) => subject.endsWith(key))).toEqual([]);
});

test('an event for a workflow that has closed becomes a dead letter: late', async () => {
  const key = newKey();
  await deliver(pingEvent(key), pongEvent(key));
  await stateOf(key);
  await deliver(pongEvent(key));
  expect(bridge.settled.at(-1)).toEqual(outcome('dead-letter', 'late'));
  expect(await deadLetterFor(nats.connection, key)).toMatchObject({
    subject: `dlq.late.pings.${key}`,
    route: 'ponged',
    attempts: 1,
  });
  await deliver(pingEvent(key));
  expect(bridge.settled.at(-1)).toEqual(outcome('dead-letter', 'late'));
});

test('an event for a workflow that never was becomes a dead letter: unmatched', async () => {
  const key = newKey();
  const event = pongEvent(key);
  await deliver(event);
  const deadLetter = await deadLetterFor(nats.connection, key);
  expect(deadLetter).toMatchObject({ reason: 'unmatched', route: 'ponged' });
  expect(Buffer.from(deadLetter.body)).toEqual(Buffer.from(event.body));
});

test('a failed workflow: what it has received is repeated, other reaching events are late, an opening one opens it', async () => {
  const key = newKey();
  const [first, failing] = [pingEvent(key), pongEvent(key, { note: 'fail' })];
  await deliver(first, failing);
  await expect(stateOf(key)).rejects.toThrow();
  await again(failing);
  expect((await outcomes(3)).at(-1)).toEqual(repeated);
  await deliver(pongEvent(key));
  expect(bridge.settled.at(-1)).toEqual(outcome('dead-letter', 'late'));

  await deliver(pingEvent(key), pongEvent(key));
  expect(await stateOf(key)).toBe('ponged after 1');
});

test('a terminated workflow: a reaching event is late', async () => {
  const key = newKey();
  await deliver(pingEvent(key));
  await handleOf(key).terminate('by the test');
  await deliver(pongEvent(key));
  expect(bridge.settled.at(-1)).toEqual(outcome('dead-letter', 'late'));
});
