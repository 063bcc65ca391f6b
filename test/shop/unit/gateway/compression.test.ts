import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { shop } from '../../../../domains/shop';
import { createCatalogue, MAX_EVENT_BYTES } from '../../../../src/contracts';
import { envelope } from '../../../support/fakes/messages';
import { until } from '../../../support/until';
import { signed } from '../../../support/webhooks';
import { gatewayUnderTest, NOW, RECEIPT } from './gateway-under-test';

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

// `await`: an injected request is not sent before somebody waits for it.
const post = async ({ app }: Gateway, body: Buffer, encoding: string, url = '/events') =>
  await app.inject({
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

/** As if the shop's providers compressed their calls. */
const webhooks = shop.webhooks.map((each) => ({ ...each, compressed: true }));
const compressing = { catalogue: createCatalogue([{ ...shop, webhooks }]) };

test.each(ENCODERS)('a webhook may come as %s, signed as it was before', async (encoding, compress) => {
  const gateway = gatewayUnderTest(compressing);
  const body = compress(Buffer.from(webhook));
  expect((await post(gateway, body, encoding, '/webhooks/payment-provider')).statusCode).toBe(202);
  expect(gateway.published).toMatchObject([{ id: 'evt_1' }]);
});

test('a signature over the compressed bytes is not accepted', async () => {
  const body = gzipSync(webhook);
  const response = await gatewayUnderTest(compressing).app.inject({
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

test('a compressed webhook is refused unless its adapter says that the provider compresses', async () => {
  const gateway = gatewayUnderTest();
  const response = await post(gateway, gzipSync(webhook), 'gzip', '/webhooks/payment-provider');
  expect([response.statusCode, response.headers['accept-encoding']]).toEqual([415, 'identity']);
  expect(response.json()).toMatchObject({ reason: 'unsupported-content-encoding' });
  expect(gateway.counted).toEqual(['webhooks: unsupported-content-encoding']);
  const plain = await post(gateway, Buffer.from(webhook), 'identity', '/webhooks/payment-provider');
  expect(plain.statusCode).toBe(202);
});

describe('strangers who send small bodies that become large', () => {
  const SENT = 200;
  const bomb = gzipSync(Buffer.alloc(MAX_EVENT_BYTES - 1));

  async function expandedBy(headers: Record<string, string>, compressed: boolean, header?: string) {
    let expanded = 0;
    const verify = ({ body }: { body: Uint8Array }) => {
      expanded += body.byteLength;
      return { ok: false as const, reason: 'forged' };
    };
    const gateway = gatewayUnderTest({
      catalogue: createCatalogue([
        {
          ...shop,
          webhooks: webhooks.map((each) => ({
            ...each,
            compressed,
            verify: Object.assign(verify, header !== undefined && { header }),
          })),
        },
      ]),
    });
    const calls = Array.from({ length: SENT }, () =>
      gateway.app.inject({
        method: 'POST',
        url: '/webhooks/carrier',
        headers: { 'content-encoding': 'gzip', ...headers },
        body: bomb,
      }),
    );
    const statuses = (await Promise.all(calls)).map(({ statusCode }) => statusCode);
    return { expanded, statuses: [...new Set(statuses)] };
  }

  test('make the gateway decompress none of them', async () => {
    const signature = { 'webhook-signature': 'any' };
    expect(await expandedBy(signature, false)).toEqual({ expanded: 0, statuses: [415] });
    expect(await expandedBy({}, true, 'webhook-signature')).toEqual({ expanded: 0, statuses: [401] });
  });

  test('get through without both controls', async () => {
    const { expanded } = await expandedBy({}, true);
    expect(expanded).toBe(SENT * (MAX_EVENT_BYTES - 1));
  });
});

test('the process holds 256 decompressed bodies at most, and others may come again', async () => {
  const gates: (() => void)[] = [];
  const gateway = gatewayUnderTest({
    publish: async () => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return RECEIPT;
    },
  });
  const calls = Array.from({ length: 300 }, () => post(gateway, gzipSync(event), 'gzip'));
  await until('all requests wait or are refused', () => gates.length + gateway.counted.length === 300);
  expect([gates.length, new Set(gateway.counted)]).toEqual([256, new Set(['events: too-many-compressed'])]);
  // What was not compressed has the size that was sent.
  const plain = post(gateway, event, 'identity');
  await until('it waits', () => gates.length === 257);
  for (const open of gates.splice(0)) open();
  expect((await plain).statusCode).toBe(202);
  const refused = (await Promise.all(calls)).filter(({ statusCode }) => statusCode !== 202);
  expect(refused).toHaveLength(44);
  expect(refused[0]).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
  const again = post(gateway, gzipSync(event), 'gzip');
  await until('it waits', () => gates.length === 1);
  gates[0]?.();
  expect((await again).statusCode).toBe(202);
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
