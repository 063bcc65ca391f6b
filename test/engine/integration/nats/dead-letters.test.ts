// Whatever a stranger has sent, its dead letter can be published: one that cannot would block its partition for ever.
import type { JetStreamManager } from 'nats';
import { createDeadLetters, DEAD_LETTER_HEADERS, DEAD_LETTERS_STREAM } from '../../../../src/adapters/nats';
import type { DeadLetter, DeadLetters } from '../../../../src/delivery';
import type { Rejection } from '../../../../src/contracts';
import { emptyStream } from '../../../support/empty-stream';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';

const NOW = new Date('2026-01-02T03:04:05.678Z');
const MAX_DETAIL_BYTES = 1_024;

let nats: TestNats;
let manager: JetStreamManager;
let deadLetters: DeadLetters;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  deadLetters = createDeadLetters(nats.connection.jetstream(), () => NOW);
});
afterAll(() => nats.stop());
beforeEach(() => emptyStream(manager, DEAD_LETTERS_STREAM));

let lastSequence = 0;
function deadLetter(
  delivery: Partial<DeadLetter['delivery']> = {},
  rejection: Partial<Rejection> = {},
  route?: string,
): DeadLetter {
  return {
    delivery: {
      subject: 'evt.pings.pinged.v2.p-1',
      headers: {},
      body: Buffer.from('{"a":1}'),
      stream: 'EVENTS',
      sequence: ++lastSequence,
      deliveryCount: 3,
      storedAt: new Date('2026-01-01T00:00:00.000Z'),
      ...delivery,
    },
    rejection: { reason: 'not-json', detail: 'a detail', ...rejection },
    route,
  };
}

async function stored() {
  const { state } = await manager.streams.info(DEAD_LETTERS_STREAM);
  return {
    count: state.messages,
    last: await manager.streams.getMessage(DEAD_LETTERS_STREAM, { seq: state.last_seq }),
  };
}

test('says what was wrong, where, and where it came from', async () => {
  const given = deadLetter({}, { path: 'data.lines[0].quantity' }, 'a-route');
  await deadLetters.publish(given);
  const { last } = await stored();
  const names = DEAD_LETTER_HEADERS;
  expect(last.subject).toBe('dlq.not-json.pings.p-1');
  expect(Buffer.from(last.data)).toEqual(given.delivery.body);
  const expected = {
    [names.reason]: 'not-json',
    [names.detail]: 'a detail',
    [names.path]: 'data.lines[0].quantity',
    [names.route]: 'a-route',
    [names.subject]: 'evt.pings.pinged.v2.p-1',
    [names.stream]: 'EVENTS',
    [names.sequence]: String(given.delivery.sequence),
    [names.attempts]: '3',
    [names.storedAt]: '2026-01-01T00:00:00.000Z',
    [names.deadLetteredAt]: NOW.toISOString(),
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, last.header.get(name)]))).toEqual(
    expected,
  );
});

test('carries the headers of the event without letting them act', async () => {
  const headers = {
    'Nats-Expected-Last-Sequence': ['99999'],
    'Nats-Expected-Stream': ['ANOTHER'],
    'Nats-Msg-Id': ['an id of the event'],
    'Nats-Rollup': ['all'],
    'bad name: \r\n': ['x'],
    'ce-type': ['one', 'two'],
    'X-Text': ['schön\u0000\r\nNats-TTL: 1'],
  };
  await deadLetters.publish(deadLetter({ headers }));
  await deadLetters.publish(deadLetter({ headers }));
  const { count, last } = await stored();
  expect(count).toBe(2);
  const original = Buffer.from(last.header.get(DEAD_LETTER_HEADERS.originalHeaders), 'base64').toString();
  expect(JSON.parse(original)).toEqual(headers);
  expect(last.header.has('ce-type')).toBe(false);
  expect(last.header.has(DEAD_LETTER_HEADERS.omittedHeaders)).toBe(false);
});

test.each([
  ['not ASCII', 'größer als 5 € — 🛒 100%', 'größer als 5 € — 🛒 100%'],
  ['half a surrogate pair', 'left \ud83d right \udc00', 'left \ufffd right \ufffd'],
  ['line breaks and control characters', 'a\r\nNats-TTL: 1\u0000', 'a\r\nNats-TTL: 1\u0000'],
])('a detail with %s can be read back', async (_, detail, back) => {
  await deadLetters.publish(deadLetter({}, { detail, path: detail }, detail));
  const { last } = await stored();
  for (const name of [DEAD_LETTER_HEADERS.detail, DEAD_LETTER_HEADERS.path, DEAD_LETTER_HEADERS.route]) {
    expect(decodeURIComponent(last.header.get(name))).toBe(back);
  }
});

test.each(['x'.repeat(5 * 1024), 'ß'.repeat(5 * 1024), '🛒'.repeat(5 * 1024), `${'x'.repeat(1_023)}🛒`])(
  'a detail of kilobytes is cut, at the end of a character',
  async (detail) => {
    await deadLetters.publish(deadLetter({}, { detail }));
    const text = (await stored()).last.header.get(DEAD_LETTER_HEADERS.detail);
    expect(text.length).toBeLessThanOrEqual(MAX_DETAIL_BYTES);
    expect(text.length).toBeGreaterThan(MAX_DETAIL_BYTES - 12);
    expect(detail.startsWith(decodeURIComponent(text).replace(/\ufffd$/, ''))).toBe(true);
  },
);

test('fits where its event did: the largest body, with headers and texts as long as they may be', async () => {
  const { config } = await manager.streams.info('EVENTS');
  const detail = '🛒'.repeat(5_000);
  const headers = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`X-${n}`, ['"'.repeat(1_000)]]));
  const subject = `evt.pings.pinged.v2.${'k'.repeat(3_900)}`;
  const body = new Uint8Array(config.max_msg_size);
  await deadLetters.publish(deadLetter({ body, headers, subject }, { detail, path: detail }, detail));
  const { last } = await stored();
  expect(last.data).toHaveLength(body.length);
  expect(Number(last.header.get(DEAD_LETTER_HEADERS.omittedHeaders))).toBeGreaterThan(0);
  expect(last.subject).toBe(`dlq.not-json.pings.${'k'.repeat(64)}`);
});

test.each([
  ['evt.pings.pinged.v2.*', 'dlq.not-json.pings._'],
  ['evt.>.pinged.v2.schlüssel', 'dlq.not-json._.schl_ssel'],
  ['something.else', 'dlq.not-json.else.unknown'],
])('of the subject %s has a subject without surprises', async (subject, expected) => {
  await deadLetters.publish(deadLetter({ subject }));
  expect((await stored()).last.subject).toBe(expected);
});

test('published twice it is there once; for another route or another event it is another', async () => {
  const given = deadLetter({}, {}, 'a-route');
  await deadLetters.publish(given);
  await deadLetters.publish(given);
  expect((await stored()).count).toBe(1);
  await deadLetters.publish({ ...given, route: 'another-route' });
  await deadLetters.publish(deadLetter({}, {}, 'a-route'));
  expect((await stored()).count).toBe(3);
});
