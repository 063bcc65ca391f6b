import { z } from 'zod';
import type { Publish } from '../../../../src/adapters/nats';
import { EventConflictError, NotPublishedError } from '../../../../src/adapters/nats';
import {
  createCatalogue,
  defineDomain,
  defineEvent,
  defineWebhook,
  fromProvider,
  newEvent,
  notification,
  type SignedRequest,
  type Verification,
} from '../../../../src/contracts';
import { apiError, messageTooLarge } from '../../../support/fakes/nats-errors';
import { pinged, pingDomain, pingedV1, ponged } from '../../../support/ping/domain';
import { gatewayUnderTest, NOW, RECEIPT } from './gateway-under-test';

const fromPings = defineEvent({ ...ponged, origin: fromProvider('pings') });
const body = z.object({ type: z.string(), id: z.string(), ping: z.string() });
const verifications: { request: SignedRequest; secrets: readonly string[]; now: Date }[] = [];
let verdict: Verification = { ok: true };
const webhook = defineWebhook({
  provider: 'pings',
  verify: (request, secrets, now) => {
    verifications.push({ request, secrets, now });
    return verdict;
  },
  type: 'type',
  each: 'list',
  notifications: {
    pinged: notification(body, ({ id, ping }) => newEvent(fromPings, { id, data: { pingId: ping } })),
  },
});
const events = [pingedV1, pinged, fromPings];
const catalogue = createCatalogue([defineDomain({ ...pingDomain, events, webhooks: [webhook] })]);
const item = (id: string, ping: unknown = 'p-1') => ({ type: 'pinged', id, ping });

function gateway(publish?: Publish) {
  return gatewayUnderTest({
    catalogue,
    webhookSecrets: { pings: ['new', 'old'] },
    ...(publish && { publish }),
  });
}
const post = ({ app }: ReturnType<typeof gateway>, ...list: unknown[]) =>
  app.inject({
    method: 'POST',
    url: '/webhooks/pings',
    headers: { 'X-Ping': 'yes' },
    body: JSON.stringify({ list }),
  });

beforeEach(() => {
  verdict = { ok: true };
  verifications.length = 0;
});

test('the webhook’s own verify decides, over the bytes and headers, with all secrets', async () => {
  const under = gateway();
  verdict = { ok: false, reason: 'it is not Tuesday' };
  const response = await post(under, item('a'));
  expect([response.statusCode, response.json<{ detail: string }>().detail]).toEqual([
    401,
    'it is not Tuesday',
  ]);
  const [{ request, secrets, now } = {}] = verifications;
  expect([Buffer.from(request?.body ?? []).toString(), request?.headers['x-ping'], secrets, now]).toEqual([
    JSON.stringify({ list: [item('a')] }),
    'yes',
    ['new', 'old'],
    NOW,
  ]);
  expect(under.published).toEqual([]);
});

test('several events are published in their order, and answered with their receipts', async () => {
  const under = gateway();
  const response = await post(under, item('a'), item('b', 'p-2'));
  expect(under.published.map(({ id, subject }) => [id, subject])).toEqual([
    ['a', 'evt.pings.ponged.v1.p-1'],
    ['b', 'evt.pings.ponged.v1.p-2'],
  ]);
  expect(response.statusCode).toBe(202);
  expect(response.json()).toMatchObject({
    events: [
      { id: 'a', ...RECEIPT },
      { id: 'b', ...RECEIPT },
    ],
  });
  expect(under.counted).toEqual(['webhooks: accepted', 'webhooks: accepted']);
});

test('when one is not stored the call is 503, and its repeat finds the earlier ones stored', async () => {
  const stored = new Set<string>();
  let away = true;
  const under = gateway(({ id }) => {
    if (id === 'b' && away)
      return Promise.reject(new NotPublishedError('evt', 'unconfirmed', { cause: undefined }));
    const duplicate = stored.has(id);
    stored.add(id);
    return Promise.resolve({ ...RECEIPT, duplicate });
  });
  const items = [item('a'), item('b'), item('c')];
  const first = await post(under, ...items);
  expect([first.statusCode, first.headers['retry-after'], [...stored]]).toEqual([503, '2', ['a']]);
  away = false;
  const second = await post(under, ...items);
  const { events } = second.json<{ events: { id: string; duplicate: boolean }[] }>();
  expect(events.map(({ id, duplicate }) => [id, duplicate])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
  ]);
});

test('one that is in conflict with a stored event is 409, and the others are published', async () => {
  const stored: string[] = [];
  const under = gateway(({ id, subject }) => {
    if (id === 'b') return Promise.reject(new EventConflictError(subject, { stream: 'EVENTS', sequence: 7 }));
    stored.push(id);
    return Promise.resolve(RECEIPT);
  });
  const response = await post(under, item('a'), item('b'), item('c'));
  expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([409, 'conflict']);
  expect(response.headers['retry-after']).toBeUndefined();
  expect(stored).toEqual(['a', 'c']);
});

test('one in conflict and one that is not stored are 503: the provider has to send the second again', async () => {
  const under = gateway(({ id, subject }) =>
    Promise.reject(
      id === 'a'
        ? new EventConflictError(subject, { stream: 'EVENTS', sequence: 7 })
        : new NotPublishedError(subject, 'unconfirmed', { cause: undefined }),
    ),
  );
  const response = await post(under, item('a'), item('b'));
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '2']);
});

test.each([
  [413, 'too-large', messageTooLarge()],
  [422, 'refused-by-stream', apiError(10_060, 400)],
])(
  'one that the stream refuses for good is %i %s, and the others are published',
  async (status, reason, cause) => {
    const stored: string[] = [];
    const under = gateway(({ id, subject }) => {
      if (id === 'b') return Promise.reject(new NotPublishedError(subject, 'refused', { cause }));
      stored.push(id);
      return Promise.resolve(RECEIPT);
    });
    const response = await post(under, item('a'), item('b'), item('c'));
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([status, reason]);
    expect(response.headers['retry-after']).toBeUndefined();
    expect(stored).toEqual(['a', 'c']);
  },
);

test.each([
  ['of another shape', item('b', 7), 'list[1].ping'],
  ['that fits no contract', item('b', ''), 'data.pingId'],
])('one %s is 422, and the others are published', async (_, wrong, path) => {
  const under = gateway();
  const response = await post(under, item('a'), wrong, item('c'));
  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({ reason: 'invalid-data', path });
  expect(under.published.map(({ id }) => id)).toEqual(['a', 'c']);
});

test.each([
  ['another shape', { type: 'payout.paid', id: 7, ping: {} }],
  ['a key that is not allowed', { type: 'payout.paid', constructor: 1 }],
  ['a text that no database stores', { type: 'payout.paid', name: '\u0000' }],
  ['deep nesting', { type: 'payout.paid', deep: JSON.parse('['.repeat(50) + ']'.repeat(50)) as unknown }],
])('an unknown type is ignored with 200, also with %s', async (_, payout) => {
  const under = gateway();
  const response = await post(under, payout);
  expect([response.statusCode, response.json()]).toEqual([200, { ignored: true }]);
  expect(under.counted).toEqual(['webhooks: ignored']);
});
