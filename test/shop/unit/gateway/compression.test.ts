import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { MAX_EVENT_BYTES } from '../../../../src/contracts';
import { envelope } from '../../../support/fakes/messages';
import { signed } from '../../../support/webhooks';
import { gatewayUnderTest, NOW } from './gateway-under-test';

type Gateway = ReturnType<typeof gatewayUnderTest>;
const SECRET = 'the new secret';

const event = Buffer.from(JSON.stringify(envelope()));
const webhook = JSON.stringify({
  id: 'evt_1',
  type: 'payment.authorized',
  created: NOW.getTime() / 1_000,
  mode: 'synchronous',
  data: { object: { id: 'pay_1', merchant_reference: 'order-1001', amount: 4_980, currency: 'EUR' } },
});
const signature = signed(webhook, SECRET, NOW.getTime() / 1_000);

const post = ({ app }: Gateway, body: Buffer, encoding: string, url = '/events') =>
  app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': url === '/events' ? 'application/cloudevents+json' : 'application/json',
      'content-encoding': encoding,
      'webhook-signature': signature,
    },
    body,
  });

const ENCODERS = [
  ['gzip', gzipSync],
  ['GZIP', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  // As some clients send it.
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['identity', (body: Buffer) => body],
] as const;

test.each(ENCODERS)('an event may come as %s', async (encoding, compress) => {
  const gateway = gatewayUnderTest();
  expect((await post(gateway, compress(event), encoding)).statusCode).toBe(202);
  expect(gateway.published).toMatchObject([{ id: 'event-1' }]);
});

test.each(ENCODERS)('a webhook may come as %s, signed as it was before', async (encoding, compress) => {
  const gateway = gatewayUnderTest();
  const body = compress(Buffer.from(webhook));
  expect((await post(gateway, body, encoding, '/webhooks/payment-provider')).statusCode).toBe(202);
  expect(gateway.published).toMatchObject([{ id: 'evt_1' }]);
});

test('a signature over the compressed bytes is not accepted', async () => {
  const body = gzipSync(webhook);
  const response = await gatewayUnderTest().app.inject({
    method: 'POST',
    url: '/webhooks/payment-provider',
    headers: {
      'content-encoding': 'gzip',
      'webhook-signature': signed(body.toString('latin1'), SECRET, NOW.getTime() / 1_000),
    },
    body,
  });
  expect(response.statusCode).toBe(401);
});

/** The default is the best that it can: seconds for a body of this size. */
const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY } };

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (body: Buffer) => brotliCompressSync(body, quickly)],
] as const)('what becomes too large is cut off: %s', async (encoding, compress) => {
  const bomb = compress(Buffer.alloc(64 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(MAX_EVENT_BYTES);
  const gateway = gatewayUnderTest();
  const before = process.memoryUsage().arrayBuffers;
  const response = await post(gateway, bomb, encoding);
  expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([413, 'too-large']);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  expect(gateway.counted).toEqual(['events: too-large']);
});

test('an event of exactly the largest size may come compressed, one byte more may not', async () => {
  const text = JSON.stringify(envelope());
  const largest = await post(gatewayUnderTest(), gzipSync(text.padEnd(MAX_EVENT_BYTES)), 'gzip');
  expect(largest.statusCode).toBe(202);
  const larger = await post(gatewayUnderTest(), gzipSync(text.padEnd(MAX_EVENT_BYTES + 1)), 'gzip');
  expect(larger.statusCode).toBe(413);
});

test('a body that is too large as it was sent is refused before it is decompressed', async () => {
  const response = await post(gatewayUnderTest(), randomBytes(MAX_EVENT_BYTES + 1), 'gzip');
  expect(response.statusCode).toBe(413);
});

test.each(['zstd', 'compress', 'gzip, br', 'gzip,gzip', 'constructor'])(
  'the encoding "%s" is refused with 415, and those that are read are named',
  async (encoding) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, gzipSync(event), encoding);
    expect(response.statusCode).toBe(415);
    expect(response.headers['accept-encoding']).toBe('gzip, deflate, br');
    expect(response.json()).toMatchObject({
      reason: 'unsupported-content-encoding',
      detail: expect.stringContaining(encoding) as unknown,
    });
    expect(gateway.counted).toEqual(['events: unsupported-content-encoding']);
  },
);

test.each([
  ['gzip', event],
  ['gzip', gzipSync(event).subarray(0, 40)],
  ['gzip', Buffer.alloc(0)],
  ['br', event],
  ['deflate', Buffer.alloc(0)],
])('a body that is not what its encoding says is refused with 400: %s', async (encoding, body) => {
  const gateway = gatewayUnderTest();
  const response = await post(gateway, body, encoding);
  expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([400, 'bad-request']);
  expect(gateway.log.lines).toEqual([]);
  expect(gateway.published).toEqual([]);
});
