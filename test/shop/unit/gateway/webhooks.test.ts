import { createHmac } from 'node:crypto';
import { NotPublishedError } from '../../../../src/adapters/nats';
import { MAX_EVENT_BYTES } from '../../../../src/contracts';
import { gatewayUnderTest, NOW, RECEIPT } from './gateway-under-test';

type Gateway = ReturnType<typeof gatewayUnderTest>;
const SECRET = 'the new secret';
const now = NOW.getTime() / 1_000;

const authorized = {
  id: 'evt_1',
  type: 'payment.authorized',
  created: now,
  mode: 'synchronous',
  data: { object: { id: 'pay_1', merchant_reference: 'order-1001', amount: 4_980, currency: 'EUR' } },
};
const text = JSON.stringify(authorized);
const mac = (time: number, body: string, secret: string) =>
  createHmac('sha256', secret).update(`${time}.${body}`, 'utf8').digest('hex');
const signature = (body: string, secret = SECRET, time = now) => `t=${time},v1=${mac(time, body, secret)}`;

const post = (
  { app }: Gateway,
  body: string,
  header: string | undefined = signature(body),
  provider = 'payment-provider',
) =>
  app.inject({
    method: 'POST',
    url: `/webhooks/${provider}`,
    headers: { 'content-type': 'application/json', ...(header !== '' && { 'webhook-signature': header }) },
    body,
  });

describe('a webhook that is signed as agreed', () => {
  test('becomes an event of its provider, and is answered with the receipt', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, text);
    expect(response.statusCode).toBe(202);
    const event = {
      id: 'evt_1',
      source: '/providers/payment-provider',
      subject: 'evt.payments.authorized.v1.order-1001',
    };
    expect(response.json()).toEqual({ ...event, ...RECEIPT });
    expect(gateway.published).toMatchObject([event]);
    expect(JSON.parse(Buffer.from(gateway.published[0]?.body ?? []).toString())).toMatchObject({
      type: 'dev.sagaline.shop.payments.authorized.v1',
      time: '2026-01-01T12:00:00.000Z',
      data: {
        orderId: 'order-1001',
        paymentId: 'pay_1',
        total: { amount: 4_980, currency: 'EUR' },
        asynchronous: false,
      },
    });
    expect(gateway.counted).toEqual(['webhooks: accepted']);
  });

  test('is the same event when the provider repeats it, signed anew', async () => {
    const gateway = gatewayUnderTest();
    await post(gateway, text);
    await post(gateway, text, signature(text, SECRET, now + 60));
    const [first, second] = gateway.published;
    expect(second).toEqual(first);
  });

  test.each([
    ['the old secret, while it is listed', signature(text, 'the old secret')],
    ['a signature of five minutes ago', signature(text, SECRET, now - 300)],
    ['a clock that is five minutes ahead', signature(text, SECRET, now + 300)],
    ['one signature of several', `t=${now},v1=${'0'.repeat(64)},v1=${mac(now, text, SECRET)}`],
    ['other schemes beside ours', `t=${now}, v0=abc, v1=${mac(now, text, SECRET)}`],
  ])('may have %s', async (_, header) => {
    expect((await post(gatewayUnderTest(), text, header)).statusCode).toBe(202);
  });

  test.each([
    ['a notification that nobody needs', { ...authorized, type: 'payment.capture_declined' }],
    ['a notification of tomorrow', { ...authorized, type: 'payment.disputed' }],
    [
      'a payout, whose object has another shape',
      { ...authorized, type: 'payout.paid', data: { object: { id: 'po_1', amount: -7, arrival: {} } } },
    ],
  ])('is answered with 200 where it brings %s', async (_, body) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, JSON.stringify(body));
    expect([response.statusCode, response.json()]).toEqual([200, { ignored: true }]);
    expect(gateway.published).toEqual([]);
    expect(gateway.counted).toEqual(['webhooks: ignored']);
  });

  test('is answered with 503 where the stream has not confirmed it, so that the provider repeats it', async () => {
    const gateway = gatewayUnderTest({
      publish: () => Promise.reject(new NotPublishedError('evt', 'full', { cause: undefined })),
    });
    const response = await post(gateway, text);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([
      503,
      expect.stringMatching(/^\d+$/),
    ]);
    expect(gateway.counted).toEqual(['webhooks: stream-full']);
  });
});

describe('a webhook that is not signed as agreed is refused with 401', () => {
  test.each([
    ['no signature', '', /missing/],
    ['a signature that is none', 'sha256=abc', /no time/],
    ['no time', `v1=${mac(now, text, SECRET)}`, /no time/],
    ['a time that is none', `t=noon,v1=${mac(now, text, SECRET)}`, /no time/],
    ['another secret', signature(text, 'wrong'), /does not match/],
    ['the secret of another provider', signature(text, 'the carrier’s secret'), /does not match/],
    ['no secret at all', signature(text, ''), /does not match/],
    ['a signature over another body', signature(text.replace('4980', '1')), /does not match/],
    ['a signature over another time', `t=${now},v1=${mac(now - 1, text, SECRET)}`, /does not match/],
    ['half a signature', `t=${now},v1=${mac(now, text, SECRET).slice(0, 32)}`, /does not match/],
    ['an empty signature', `t=${now},v1=`, /does not match/],
    ['an old signature', signature(text, SECRET, now - 301), /too old/],
    ['a signature from the future', signature(text, SECRET, now + 301), /from the future/],
  ])('%s', async (_, header, detail) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, text, header);
    expect(response.statusCode).toBe(401);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({
      type: 'urn:sagaline:problem:invalid-signature',
      status: 401,
      reason: 'invalid-signature',
      detail: expect.stringMatching(detail),
    });
    expect(response.body).not.toContain(SECRET);
    expect(gateway.published).toEqual([]);
    expect(gateway.counted).toEqual(['webhooks: invalid-signature']);
  });

  test('a secret that is no longer listed, and any where none is', async () => {
    const changed = gatewayUnderTest({ webhookSecrets: { 'payment-provider': [SECRET] } });
    expect((await post(changed, text, signature(text, 'the old secret'))).statusCode).toBe(401);
    const none = gatewayUnderTest({ webhookSecrets: {} });
    expect((await post(none, text)).statusCode).toBe(401);
    expect((await post(none, text, signature(text, ''))).statusCode).toBe(401);
  });

  test('before anything in the body is believed', async () => {
    expect((await post(gatewayUnderTest(), '{', signature('{', 'wrong'))).statusCode).toBe(401);
  });
});

describe('a webhook that cannot be read', () => {
  const changed = (payment: object) =>
    JSON.stringify({ ...authorized, data: { object: { ...authorized.data.object, ...payment } } });

  test.each([
    ['is not JSON', 400, 'not-json', undefined, '{'],
    ['is empty', 400, 'not-json', undefined, ''],
    ['is too deep', 400, 'too-deep', undefined, '['.repeat(100)],
    ['has a dangerous key', 400, 'forbidden-key', 'data.constructor', '{"data":{"constructor":1}}'],
    ['is no object', 422, 'invalid-data', undefined, '[]'],
    ['lacks a field', 422, 'invalid-data', 'created', JSON.stringify({ ...authorized, created: undefined })],
    ['has a wrong field', 422, 'invalid-data', 'data.object.amount', changed({ amount: -1 })],
    [
      'has a reference that is no key',
      422,
      'invalid-data',
      'data.object.merchant_reference',
      changed({ merchant_reference: 'a.b' }),
    ],
  ])('because it %s is refused with %i', async (_, status, reason, path, body) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, body);
    expect(response.statusCode).toBe(status);
    const problem = response.json<{ path?: string }>();
    expect(problem).toMatchObject({ type: `urn:sagaline:problem:${reason}`, status, reason });
    expect(problem.path).toBe(path);
    expect(gateway.published).toEqual([]);
    expect(gateway.counted).toEqual([`webhooks: ${reason}`]);
  });

  const parcel = (time: string) =>
    JSON.stringify({
      notification_id: 'ntf_1',
      event: 'shipment.dispatched',
      occurred_at: time,
      shipment: { id: 'shp_1', reference: 'order-1001', tracking_number: 'SL1' },
    });

  test.each([
    ['2026-11-21T10:00:00+16:00', 202, undefined, '2026-11-20T18:00:00Z'],
    ['2016-12-31T23:59:60Z', 202, undefined, '2017-01-01T00:00:00Z'],
    ['0000-01-01T00:00:00Z', 422, 'occurred_at', undefined],
  ])('a time reaches the stream as every store takes it: %s', async (time, status, path, kept) => {
    const gateway = gatewayUnderTest();
    const body = parcel(time);
    const response = await post(gateway, body, signature(body, 'the carrier’s secret'), 'carrier');
    expect([response.statusCode, response.json<{ path?: string }>().path]).toEqual([status, path]);
    const published = gateway.published.map(
      (event) => (JSON.parse(Buffer.from(event.body).toString()) as { time: string }).time,
    );
    expect(published).toEqual(kept === undefined ? [] : [kept]);
  });

  test('because it is too large is refused with 413', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, text.padEnd(MAX_EVENT_BYTES + 1));
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([413, 'too-large']);
    expect(response.json<{ detail: string }>().detail).toMatch(/^the body/);
    expect(gateway.published).toEqual([]);
  });

  test('because its id can be no event’s is refused, not failed', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, JSON.stringify({ ...authorized, id: 'evt\n1' }));
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([422, 'invalid-data']);
    expect(gateway.published).toEqual([]);
  });
});

test.each(['nobody', '__proto__', 'Carrier'])('the provider "%s" is unknown: 404', async (provider) => {
  const gateway = gatewayUnderTest();
  const response = await post(gateway, text, signature(text), provider);
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({ reason: 'unknown-provider' });
  expect(response.body).not.toMatch(/payment-provider|carrier/);
  expect(gateway.counted).toEqual(['webhooks: unknown-provider']);
});
