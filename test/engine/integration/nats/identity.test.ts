// An event is its source and id. What a publisher is told is stored is stored, also where somebody else has used its identity.
import { headers } from 'nats';
import {
  createFirstPublisher,
  createPublisher,
  createStreamReader,
  EVENTS_STREAM,
} from '../../../../src/adapters/nats';
import { messageIdOf, nextMessageId } from '../../../../src/adapters/nats/publish/message-ids';
import type { PublishSignatures } from '../../../../src/adapters/nats/publish/publish';
import type { EventContract, OutgoingEvent, StoredMessage } from '../../../../src/contracts';
import { encodeEvent } from '../../../../src/contracts';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged, ponged } from '../../../support/ping/domain';
import { newKey } from '../../../support/ping/events';
import { testCheck, testKey } from '../../../support/signatures';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());

const source = '/shop';
const eventOf = (id: string, data: object, contract: EventContract = pinged, more = {}): OutgoingEvent =>
  encodeEvent({ contract, id, data, ...more }, { source, ...more });
const publish = (event: OutgoingEvent) => createPublisher(nats.connection.jetstream())(event);
const stored = async (event: OutgoingEvent) => {
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  return reader.last(`p.*.*.${event.subject.split('.').slice(1).join('.')}`);
};

test('the same event again is a duplicate, whatever time and trace the second attempt has', async () => {
  const [id, pingId] = [newKey(), newKey()];
  const first = await publish(eventOf(id, { pingId, urgency: 1 }));
  const again = await publish(
    eventOf(id, { pingId, urgency: 1 }, pinged, {
      time: '2026-01-01T00:00:00Z',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }),
  );
  expect(again).toEqual({ ...first, duplicate: true });
});

test.each([
  ['of another process', (pingId: string) => eventOf(pingId, { pingId: newKey(), urgency: 1 })],
  ['with other content', (pingId: string) => eventOf(pingId, { pingId, urgency: 2 })],
  ['of another type', (pingId: string) => eventOf(pingId, { pingId }, ponged)],
])('another event under its identity is a conflict, and not stored: %s', async (_, other) => {
  const pingId = newKey();
  const first = await publish(eventOf(pingId, { pingId, urgency: 1 }));
  const event = other(pingId);
  await expect(publish(event)).rejects.toMatchObject({
    name: 'EventConflictError',
    why: 'refused',
    stored: { stream: EVENTS_STREAM, sequence: first.sequence },
  });
  const last = await stored(event);
  expect(last === undefined || last.sequence === first.sequence).toBe(true);
});

test('a stranger who takes its message id does not keep an event out, by NATS and with whatever content', async () => {
  const jetstream = nats.connection.jetstream();
  const event = eventOf(newKey(), { pingId: newKey(), urgency: 1 });
  await jetstream.publish('evt.pings.pinged.v2.stranger', 'no event', {
    msgID: messageIdOf({ source, id: event.id }),
  });
  const receipt = await publish(event);
  expect(receipt.duplicate).toBe(false);
  expect((await stored(event))?.sequence).toBe(receipt.sequence);
  // From now on it is known under its second message id.
  expect(await publish(event)).toEqual({ ...receipt, duplicate: true });
});

const STRANGERS = 8;

/** Publishes under every message id of an event that can be computed, as who knows its source and id can. */
async function takeMessageIds(event: OutgoingEvent): Promise<void> {
  let msgID = messageIdOf({ source, id: event.id });
  for (let stranger = 0; stranger < STRANGERS; stranger++) {
    const { seq } = await nats.connection
      .jetstream()
      .publish('evt.pings.pinged.v2.stranger', 'no event', { msgID });
    msgID = nextMessageId(msgID, { sequence: seq });
  }
}

test('strangers who take each message id that can be computed do not keep an event out', async () => {
  const event = eventOf(newKey(), { pingId: newKey(), urgency: 1 });
  await takeMessageIds(event);
  const receipt = await publish(event);
  expect(receipt.duplicate).toBe(false);
  expect((await stored(event))?.sequence).toBe(receipt.sequence);
});

test('nor the first event of its subject', async () => {
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const event = eventOf(newKey(), { pingId: newKey(), urgency: 1 });
  await takeMessageIds(event);
  const publishFirst = createFirstPublisher(nats.connection.jetstream(), reader);
  expect(await publishFirst(event, () => true)).toMatchObject({ kind: 'published' });
});

test('the first event of its subject is not taken for stored where its bytes are, unsigned, under its message id', async () => {
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const jetstream = nats.connection.jetstream();
  const key = testKey('gateway-1', [source]);
  const signatures = { sign: key.sign, checkSignature: testCheck([key.entry]).check };
  const attempt = async (published: PublishSignatures) => {
    const event = eventOf(newKey(), { pingId: newKey(), urgency: 1 });
    const { seq } = await jetstream.publish(event.subject, event.body, { msgID: messageIdOf(event) });
    // As the endpoint does: what is not signed opens no process.
    const counts = (message: StoredMessage) => published.checkSignature?.(message).ok === true;
    const first = await createFirstPublisher(jetstream, reader, published)(event, counts);
    return first.kind === 'published' && first.receipt.sequence > seq;
  };
  expect(await attempt(signatures)).toBe(true);
  expect(await attempt({ sign: key.sign })).toBe(false);
});

test('hundreds of messages of strangers on its subject do not keep the first event out', async () => {
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const jetstream = nats.connection.jetstream();
  const event = eventOf(newKey(), { pingId: newKey(), urgency: 1 });
  await Promise.all(Array.from({ length: 250 }, () => jetstream.publish(event.subject, 'no event')));
  const isEvent = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString() !== 'no event';
  const first = await createFirstPublisher(jetstream, reader)(event, isEvent);
  expect(first).toMatchObject({ kind: 'published' });
  const other = eventOf(newKey(), { pingId: event.subject.split('.').at(-1), urgency: 2 });
  expect(await createFirstPublisher(jetstream, reader)(other, isEvent)).toMatchObject({
    kind: 'earlier',
    message: { sequence: first.kind === 'published' ? first.receipt.sequence : 0 },
  });
});

test('an event that was removed from the stream is stored anew', async () => {
  const event = eventOf(newKey(), { pingId: newKey(), urgency: 1 });
  await publish(event);
  const manager = await nats.connection.jetstreamManager();
  // The stream denies the deletion of one message.
  await manager.streams.purge(EVENTS_STREAM, { filter: event.subject.replace(/^evt/, 'p.*.*') });
  const again = await publish(event);
  expect(again.duplicate).toBe(false);
  expect((await stored(event))?.sequence).toBe(again.sequence);
});

test('the same event in binary mode, under the same message id, is the same', async () => {
  const [id, pingId] = [newKey(), newKey()];
  const event = eventOf(id, { pingId, urgency: 1 });
  const head = headers();
  for (const [name, value] of Object.entries({ specversion: '1.0', id, source, type: pinged.type })) {
    head.set(`ce-${name}`, value);
  }
  const body = JSON.stringify({ urgency: 1, pingId });
  const { seq } = await nats.connection
    .jetstream()
    .publish(event.subject, body, { headers: head, msgID: messageIdOf({ source, id }) });
  expect(await publish(event)).toEqual({ stream: EVENTS_STREAM, sequence: seq, duplicate: true });
});

test('the first event of its subject is not taken for stored where another subject has its identity', async () => {
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const publishFirst = createFirstPublisher(nats.connection.jetstream(), reader);
  const [id, pingId] = [newKey(), newKey()];
  await publish(eventOf(id, { pingId: newKey(), urgency: 1 }));
  await expect(publishFirst(eventOf(id, { pingId, urgency: 1 }), () => true)).rejects.toMatchObject({
    name: 'EventConflictError',
  });
});
