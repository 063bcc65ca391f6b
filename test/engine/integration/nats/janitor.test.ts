// What the stream forgets: old events that everybody has acknowledged, and nothing else.
import type { JetStreamManager } from 'nats';
import type { Publish } from '../../../../src/adapters/nats';
import { createPublisher, EVENTS_STREAM } from '../../../../src/adapters/nats';
import { forgetOldEvents } from '../../../../src/adapters/nats/streams/janitor';
import { defineSubscription } from '../../../../src/contracts';
import { subscribe } from '../../../../src/subscriptions';
import { recorder, startConsumer } from '../../../support/consumers';
import { rememberingLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { ponged } from '../../../support/ping/domain';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { startMember } from '../../../support/subscriptions';
import { until } from '../../../support/until';

jest.setTimeout(60_000);
const HOUR_MS = 3_600_000;

let nats: TestNats;
let manager: JetStreamManager;
let publish: Publish;
const log = rememberingLog();

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  publish = createPublisher(nats.connection.jetstream());
});
afterAll(() => nats.stop());
beforeEach(async () => {
  for await (const { name } of manager.consumers.list(EVENTS_STREAM)) {
    await manager.consumers.delete(EVENTS_STREAM, name);
  }
  await manager.streams.purge(EVENTS_STREAM);
});

const pings = async (count: number) => {
  for (let n = 0; n < count; n++) await publish(pingEvent(newKey()));
};
const messages = async () => (await manager.streams.info(EVENTS_STREAM)).state.messages;
/** As if it were so much later. */
const forgetIn = (ms: number) =>
  forgetOldEvents(nats.connection, { retentionMs: HOUR_MS, log, now: () => Date.now() + ms });

/** A group that takes what is there, and stops. */
async function consumeAll(name: string, count: number): Promise<void> {
  const taken = recorder();
  const consumer = await startConsumer({ url: nats.url, name, handle: taken.handle });
  await until('all taken', () => taken.settled.length >= count);
  await consumer.stop();
}

test('what is younger than the retention stays, although everybody has it', async () => {
  await pings(30);
  await consumeAll('bridge', 30);
  await forgetIn(0);
  expect(await messages()).toBe(30);
  await forgetIn(HOUR_MS - 30_000);
  expect(await messages()).toBe(30);
});

test('what is older goes, to the event, when everybody has it, also by several janitors at once', async () => {
  await pings(30);
  const { state } = await manager.streams.info(EVENTS_STREAM);
  const oldest = await manager.streams.getMessage(EVENTS_STREAM, { seq: state.first_seq + 20 });
  await consumeAll('bridge', 30);
  const now = () => oldest.time.getTime() + HOUR_MS;
  const janitors = [1, 2, 3].map(() => forgetOldEvents(nats.connection, { retentionMs: HOUR_MS, log, now }));
  const firsts = await Promise.all(janitors);
  // Several events may have come in the same millisecond as that one.
  expect(firsts[0]).toBeGreaterThan(state.first_seq);
  expect(firsts[0]).toBeLessThanOrEqual(state.first_seq + 20);
  expect(new Set(firsts).size).toBe(1);
  expect((await manager.streams.info(EVENTS_STREAM)).state.first_seq).toBe(firsts[0]);
  await forgetIn(2 * HOUR_MS);
  expect(await messages()).toBe(0);
});

test('what a durable consumer has not acknowledged stays, also when nobody runs it, and the log names it', async () => {
  await pings(20);
  await consumeAll('slow', 20);
  const { state } = await manager.streams.info(EVENTS_STREAM);
  await pings(20);
  await consumeAll('bridge', 40);
  await forgetIn(2 * HOUR_MS);
  expect((await manager.streams.info(EVENTS_STREAM)).state.first_seq).toBe(state.last_seq + 1);
  expect(log.lines.at(-2)).toMatchObject({ level: 'warn', fields: { sequence: state.last_seq + 1 } });
  expect((log.lines.at(-2)?.fields as { consumer: string }).consumer).toMatch(/^slow-\d\d$/);
  await consumeAll('slow', 20);
  await forgetIn(2 * HOUR_MS);
  expect(await messages()).toBe(0);
});

test('a subscription that wants other events only holds nothing back but its own', async () => {
  const subscription = defineSubscription({ name: 'pongs', mode: 'shared', events: [ponged] });
  const subscribed = subscribe(subscription, { handle: () => Promise.reject(new Error('down')) });
  const member = await startMember({ url: nats.url, member: 'one', subscribed });
  await member.stop();
  await pings(20);
  await publish(pongEvent(newKey()));
  await pings(20);
  await consumeAll('bridge', 41);
  await forgetIn(2 * HOUR_MS);
  expect(await messages()).toBe(21);
});
