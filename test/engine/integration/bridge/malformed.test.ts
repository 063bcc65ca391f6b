// Every way in which an event can be wrong ends as a dead letter with its own reason, and holds nobody up.
import { randomUUID } from 'node:crypto';
import { createPublisher } from '../../../../src/adapters/nats';
import { MAX_EVENT_BYTES } from '../../../../src/contracts';
import type { TestBridge } from '../../../support/bridge';
import { deadLetterFor, startTestBridge, testTemporal } from '../../../support/bridge';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';
import { sendRaw } from '../../../support/raw-nats';
import { until } from '../../../support/until';

/** A poisonous event that blocked its partition would hold the next one for `ack_wait` at least. */
const AT_ONCE_MS = 2_000;
const DEEP = 10_000;

let nats: TestNats;
let bridge: TestBridge;
const temporal = testTemporal();

beforeAll(async () => {
  nats = await startTestNats();
  bridge = await startTestBridge({ url: nats.url, name: 'malformed' });
});
afterAll(async () => {
  await bridge.stop();
  await nats.stop();
  await temporal.connection.close();
});

const ping = (key: string, changes: object = {}, data: object = {}) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/test/malformed',
  type: 'test.sagaline.pings.pinged.v2',
  data: { pingId: key, urgency: 1, ...data },
  ...changes,
});
const json = (value: unknown) => JSON.stringify(value);

const WRONG: [kind: string, body: (key: string) => string | Uint8Array, reason: string, path: string][] = [
  ['no JSON', () => 'order 17, please', 'not-json', ''],
  ['nothing at all', () => '', 'not-json', ''],
  ['JSON that breaks off', (key) => json(ping(key)).slice(0, -9), 'not-json', ''],
  ['not UTF-8', () => Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d), 'not-json', ''],
  ['too large', (key) => json(ping(key, {}, { note: 'x'.repeat(MAX_EVENT_BYTES) })), 'too-large', ''],
  ['no CloudEvent', (key) => json({ pingId: key }), 'invalid-envelope', 'specversion'],
  ['an array', () => '[1,2,3]', 'invalid-envelope', ''],
  ['without an id', (key) => json(ping(key, { id: undefined })), 'invalid-envelope', 'id'],
  [
    'of another CloudEvents version',
    (key) => json(ping(key, { specversion: '0.3' })),
    'invalid-envelope',
    'specversion',
  ],
  [
    'of an unknown type',
    (key) => json(ping(key, { type: 'test.sagaline.pings.punged.v1' })),
    'unknown-type',
    'type',
  ],
  [
    'of an unknown version',
    (key) => json(ping(key, { type: 'test.sagaline.pings.pinged.v9' })),
    'unknown-version',
    'type',
  ],
  [
    'with a number out of range',
    (key) => json(ping(key, {}, { urgency: 11 })),
    'invalid-data',
    'data.urgency',
  ],
  [
    'with a text for a number',
    (key) => json(ping(key, {}, { urgency: '1' })),
    'invalid-data',
    'data.urgency',
  ],
  ['with the key of another', () => json(ping('somebody-else')), 'subject-mismatch', 'data'],
  [
    'of a type that its subject denies',
    (key) => json(ping(key, { type: 'test.sagaline.pings.ponged.v1', data: { pingId: key } })),
    'subject-mismatch',
    'type',
  ],
  [
    'that disagrees with its correlation id',
    (key) => json(ping(key, { correlationid: 'another' })),
    'subject-mismatch',
    'correlationid',
  ],
  [
    'with __proto__ in its data',
    (key) => json(ping(key)).replace('"urgency":1', '"urgency":1,"__proto__":{"a":1}'),
    'forbidden-key',
    'data.__proto__',
  ],
  [
    'with constructor.prototype',
    (key) => json(ping(key, { constructor: { prototype: { a: 1 } } })),
    'forbidden-key',
    'constructor',
  ],
  [
    'nested deep in arrays',
    (key) => json(ping(key)).replace('"urgency":1', `"urgency":${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
    'too-deep',
    '',
  ],
  ['nested deep in objects', () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, 'too-deep', ''],
];

test.each(WRONG)('an event %s', async (_, body, reason, path) => {
  const key = newKey();
  const bytes = Buffer.from(body(key) as string);
  const jetstream = nats.connection.jetstream();
  await jetstream.publish(`evt.pings.pinged.v2.${key}`, bytes);
  await createPublisher(jetstream)(pingEvent(key));
  await handledAtOnce(key);

  const deadLetter = await deadLetterFor(nats.connection, key);
  expect(deadLetter).toMatchObject({
    subject: `dlq.${reason}.pings.${key}`,
    reason,
    path,
    route: '',
    attempts: 1,
  });
  expect(deadLetter.detail).not.toBe('');
  expect(Buffer.from(deadLetter.body).equals(bytes)).toBe(true);
});

test('an event of a content type that nobody reads', async () => {
  const key = newKey();
  await sendRaw(nats.url, {
    subject: `evt.pings.pinged.v2.${key}`,
    header: 'Content-Type: text/xml',
    body: '<a/>',
  });
  expect(await deadLetterFor(nats.connection, key)).toMatchObject({ reason: 'unsupported-content-type' });
});

test('an event with headers that are none, and one whose key is a wildcard', async () => {
  const key = newKey();
  await sendRaw(nats.url, {
    subject: `evt.pings.pinged.v2.${key}`,
    header: 'not a name: x',
    body: 'nor JSON',
  });
  expect(await deadLetterFor(nats.connection, key)).toMatchObject({ reason: 'not-json' });

  await sendRaw(nats.url, {
    subject: 'evt.pings.pinged.v2.*',
    header: 'X-Fine: x',
    body: json(ping('a-key')),
  });
  expect(await deadLetterFor(nats.connection, '_')).toMatchObject({ reason: 'subject-mismatch' });
});

test('prototypes are as they were', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

/** The good event that follows under the same key has opened its workflow. */
function handledAtOnce(key: string): Promise<unknown> {
  const handle = temporal.workflow.getHandle(`ping-${key}`);
  return until(
    'the next event handled',
    () =>
      handle.describe().then(
        () => true,
        () => false,
      ),
    AT_ONCE_MS,
  );
}
