// Who may do what at the gateway, and what the others are told.
import type { FastifyInstance } from 'fastify';
import { orderOf, submissionOf } from '../../../../demo/orders';
import type { Authentication, Principal } from '../../../../src/security/tokens';
import { pingedV1 } from '../../../support/ping/domain';
import { gatewayUnderTest, NOW } from './gateway-under-test';

const principals: Readonly<Record<string, Principal>> = {
  shop: { name: 'web-shop', scopes: ['events:publish'] },
  other: { name: 'other', scopes: ['events:publish'], sources: ['/other'] },
  payments: { name: 'payments', scopes: ['events:publish'], types: ['dev.sagaline.shop.payments.*'] },
  submitter: { name: 'submitter', scopes: ['endpoints:submit'] },
  reader: { name: 'reader', scopes: ['read', 'operate'] },
};

function authenticate(token: string): Promise<Authentication> {
  const principal = principals[token];
  if (token === 'issuer-is-down') return Promise.resolve({ kind: 'unavailable', cause: new Error('down') });
  if (token === 'old') return Promise.resolve({ kind: 'refused', reason: 'expired', principal: 'web-shop' });
  if (!principal) return Promise.resolve({ kind: 'refused', reason: 'unknown-key' });
  return Promise.resolve({ kind: 'authenticated', principal });
}

const order = orderOf('o-1');
const event = Buffer.from(submissionOf(order).body);
const requests = {
  event: { method: 'POST', url: '/events', type: 'application/cloudevents+json', payload: event },
  submit: { method: 'POST', url: '/orders', type: 'application/json', payload: JSON.stringify(order) },
} as const;

async function send(
  app: FastifyInstance,
  { type, ...request }: Readonly<{ method: 'POST'; url: string; type: string; payload: string | Buffer }>,
  token?: string,
) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return app.inject({ ...request, headers: { 'content-type': type, ...authorization } });
}

test.each([
  ['event', 'shop', 202],
  ['event', 'submitter', 403],
  ['event', 'reader', 403],
  ['submit', 'submitter', 201],
  ['submit', 'shop', 403],
  ['submit', 'reader', 403],
] as const)('%s by %s: %i', async (request, token, status) => {
  const { app, published } = gatewayUnderTest({ authenticate });
  const response = await send(app, requests[request], token);
  expect(response.statusCode).toBe(status);
  expect(published).toHaveLength(status === 403 ? 0 : 1);
  if (status !== 403) return;
  expect(response.json()).toMatchObject({ status, reason: 'forbidden-scope' });
  expect(response.headers['www-authenticate']).toMatch(/error="insufficient_scope", scope="\w+:\w+"$/);
});

test('without authentication everyone may do everything', async () => {
  const { app, published } = gatewayUnderTest();
  expect((await send(app, requests.event)).statusCode).toBe(202);
  expect((await send(app, requests.submit)).statusCode).toBe(201);
  expect(published).toHaveLength(2);
});

test('the answers to a missing scheme, an unknown and an expired token are the same; counter and log tell them apart', async () => {
  const { app, published, counted, log } = gatewayUnderTest({ authenticate });
  const answers = [];
  for (const token of ['unknown', 'old', 'unknown', 'old']) {
    const response = await send(app, requests.event, token);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="sagaline", error="invalid_token"');
    answers.push([response.statusCode, response.body]);
  }
  const without = await send(app, requests.event);
  expect(without.headers['www-authenticate']).toBe('Bearer realm="sagaline"');
  answers.push([without.statusCode, without.body]);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(without.statusCode).toBe(401);
  expect(without.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(published).toEqual([]);
  expect(counted).toEqual(Array(5).fill('events: unauthorized'));
  expect(log.lines.map(({ fields }) => fields)).toEqual([
    { principal: 'unknown', reason: 'unknown-key' },
    { principal: 'web-shop', reason: 'expired' },
    { principal: 'unknown', reason: 'no-token' },
  ]);
});

test.each([
  ['other', 'forbidden-source', 'source'],
  ['payments', 'forbidden-type', 'type'],
] as const)('an event that is not for %s to publish: %s', async (token, reason, path) => {
  const { app, published, counted, log } = gatewayUnderTest({ authenticate });
  for (let attempt = 0; attempt < 2; attempt++) {
    const response = await send(app, requests.event, token);
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ reason, path });
  }
  expect(published).toEqual([]);
  expect(counted).toEqual([`events: ${reason}`, `events: ${reason}`]);
  expect(log.lines).toHaveLength(1);
});

test('a type is that of the event as it was sent, which the gateway may publish in a newer version', async () => {
  const only = (type: string): Principal => ({ name: type, scopes: ['events:publish'], types: [type] });
  const tokens = { v1: only('test.sagaline.pings.pinged.v1'), v2: only('test.sagaline.pings.pinged.v2') };
  const { app, published } = gatewayUnderTest({
    authenticate: (token) =>
      Promise.resolve({ kind: 'authenticated', principal: tokens[token as keyof typeof tokens] }),
  });
  const ping = {
    specversion: '1.0',
    id: 'e-1',
    source: '/pings',
    type: pingedV1.type,
    data: pingedV1.example,
  };
  const type = 'application/cloudevents+json';
  const request = { ...requests.event, type, payload: Buffer.from(JSON.stringify(ping)) } as const;
  expect((await send(app, request, 'v1')).statusCode).toBe(202);
  expect((await send(app, request, 'v2')).json()).toMatchObject({ status: 403, reason: 'forbidden-type' });
  expect(published).toHaveLength(1);
});

test('each event of a batch is checked', async () => {
  const { app, published } = gatewayUnderTest({ authenticate });
  const foreign = { ...(JSON.parse(event.toString()) as object), source: '/foreign' };
  const own = { ...(JSON.parse(event.toString()) as object), source: '/other' };
  const response = await app.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'application/cloudevents-batch+json', authorization: 'Bearer other' },
    payload: JSON.stringify([own, foreign]),
  });
  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({ results: [{ status: 202 }, { reason: 'forbidden-source' }] });
  expect(published.map(({ source }) => source)).toEqual(['/other']);
});

test('the handshake needs no token, and a webhook its signature instead', async () => {
  const { app } = gatewayUnderTest({ authenticate });
  expect((await app.inject({ method: 'OPTIONS', url: '/events' })).statusCode).toBe(200);
  const webhook = await app.inject({ method: 'POST', url: '/webhooks/carrier', payload: {} });
  expect([webhook.statusCode, webhook.json()]).toMatchObject([401, { reason: 'invalid-signature' }]);
});

test('a plugin’s route is for bearers of a valid token, unless it says otherwise, and knows whose it is', async () => {
  const { app } = gatewayUnderTest({
    authenticate,
    plugins: [
      {
        name: 'quotes',
        add: (fastify) => {
          fastify.get('/quotes', ({ principal }) => ({ for: principal?.name }));
          fastify.get('/prices', { config: { access: 'anyone' } }, () => ({}));
          fastify.get('/stuck', { config: { access: 'operate' } }, () => ({}));
        },
      },
    ],
  });
  const get = async (url: string, token?: string) =>
    app.inject({
      method: 'GET',
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  expect((await get('/quotes')).statusCode).toBe(401);
  expect((await get('/quotes', 'shop')).json()).toEqual({ for: 'web-shop' });
  expect((await get('/prices')).statusCode).toBe(200);
  expect((await get('/stuck', 'shop')).statusCode).toBe(403);
  expect((await get('/stuck', 'reader')).statusCode).toBe(200);
});

test('while tokens cannot be verified, the sender is told to try again', async () => {
  const { app, published } = gatewayUnderTest({ authenticate });
  const response = await send(app, requests.event, 'issuer-is-down');
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5']);
  expect(published).toEqual([]);
});

test('an outage of the issuer is logged once a minute, with the number of requests, whoever asks', async () => {
  let now = NOW;
  const { app, log } = gatewayUnderTest({ authenticate, clock: () => now });
  // A key that is verified meanwhile begins no new line.
  for (let call = 0; call < 20; call++)
    await send(app, requests.event, call % 4 === 0 ? 'shop' : 'issuer-is-down');
  expect(log.lines.map(({ fields }) => (fields as { requests: number }).requests)).toEqual([1]);
  now = new Date(NOW.getTime() + 60_000);
  await send(app, requests.event, 'issuer-is-down');
  expect(log.lines.map(({ fields }) => (fields as { requests: number }).requests)).toEqual([1, 15]);
});

describe('the limit of requests', () => {
  test('is each principal’s own, and says when to try again', async () => {
    const { app, published, counted, log } = gatewayUnderTest({ authenticate, requestsPerMinute: 2 });
    for (const status of [202, 202, 429, 429]) {
      const response = await send(app, requests.event, 'shop');
      expect(response.statusCode).toBe(status);
      if (status !== 429) continue;
      expect(response.json()).toMatchObject({ reason: 'too-many-requests' });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await send(app, requests.submit, 'submitter')).statusCode).toBe(201);
    expect(published).toHaveLength(3);
    expect(counted.filter((each) => each === 'events: too-many-requests')).toHaveLength(2);
    expect(log.lines.map(({ fields }) => fields)).toEqual([
      { principal: 'web-shop', reason: 'too-many-requests' },
    ]);
  });

  test('counts each event of a batch, which is stored as a whole or not at all', async () => {
    const gateway = gatewayUnderTest({ authenticate, requestsPerMinute: 10 });
    const batchOf = (count: number) => ({
      method: 'POST' as const,
      url: '/events',
      type: 'application/cloudevents-batch+json',
      payload: `[${Array.from({ length: count }, () => event.toString()).join()}]`,
    });
    const { statusCode, headers } = await send(gateway.app, batchOf(6), 'shop');
    expect([statusCode, headers['x-ratelimit-remaining']]).toEqual([202, '9']);
    const refused = await send(gateway.app, batchOf(5), 'shop');
    expect([refused.statusCode, refused.json<{ reason: string }>().reason]).toEqual([
      429,
      'too-many-requests',
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(gateway.published).toHaveLength(6);
    expect((await send(gateway.app, requests.event, 'shop')).statusCode).toBe(429);
    expect(gateway.counted.filter((each) => each === 'events: too-many-requests')).toHaveLength(2);
  });

  const webhookFrom = async (
    { app }: ReturnType<typeof gatewayUnderTest>,
    remoteAddress: string,
    client?: string,
  ) => {
    const headers = client === undefined ? {} : { 'x-forwarded-for': client };
    const url = '/webhooks/carrier';
    const response = await app.inject({ method: 'POST', url, payload: {}, remoteAddress, headers });
    return response.statusCode;
  };

  test('without a token is each address’s own, and not a principal’s', async () => {
    const gateway = gatewayUnderTest({ authenticate, requestsPerMinute: 1, addressRequestsPerMinute: 2 });
    const [one, other, near] = ['192.0.2.1', '2001:db8::1', '2001:db8::2'];
    for (const [address, status] of [
      [one, 401],
      [one, 401],
      [one, 429],
      [other, 401],
      // Of the same network: one sender.
      [near, 401],
      [other, 429],
    ] as const)
      expect(await webhookFrom(gateway, address)).toBe(status);
    expect(gateway.counted.filter((each) => each === 'webhooks: too-many-requests')).toHaveLength(2);
    expect((await send(gateway.app, requests.event, 'shop')).statusCode).toBe(202);
  });

  test('without a token is the client’s behind a trusted proxy, and the proxy’s behind any other', async () => {
    const limits = { authenticate, addressRequestsPerMinute: 1 };
    const trusting = gatewayUnderTest({ ...limits, trustedProxies: ['10.0.0.0/8'] });
    expect(await webhookFrom(trusting, '10.0.0.1', '192.0.2.1')).toBe(401);
    expect(await webhookFrom(trusting, '10.0.0.1', '192.0.2.2')).toBe(401);
    expect(await webhookFrom(trusting, '10.0.0.1', '192.0.2.2')).toBe(429);
    expect(await webhookFrom(trusting, '192.0.2.9', '192.0.2.3')).toBe(401);
    expect(await webhookFrom(trusting, '192.0.2.9', '192.0.2.4')).toBe(429);
    const other = gatewayUnderTest(limits);
    expect(await webhookFrom(other, '10.0.0.1', '192.0.2.1')).toBe(401);
    expect(await webhookFrom(other, '10.0.0.1', '192.0.2.2')).toBe(429);
  });
});

test('every answer tells a browser to run nothing', async () => {
  const { app } = gatewayUnderTest({ authenticate });
  for (const url of ['/events', '/nowhere']) {
    const { headers } = await app.inject({ method: 'POST', url });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
  }
});
