import { request, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { takesGzip } from '../../../../domains/shop/sandbox/compression';
import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

test.each([
  [undefined, false],
  ['', false],
  ['identity', false],
  ['gzip', true],
  ['GZIP', true],
  ['br;q=1.0, gzip;q=0.8, *;q=0.1', true],
  ['gzip;q=0', false],
  ['*', true],
  ['*;q=0', false],
  ['gzip;q=0, *', false],
])('accept-encoding: %s', (header, takes) => {
  expect(takesGzip(header)).toBe(takes);
});

describe('the sandbox', () => {
  let sandbox: SandboxUnderTest;
  beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
  afterAll(() => sandbox.stop());

  /** `fetch` decompresses by itself; this shows the bytes on the wire. */
  async function get(acceptEncoding: string): Promise<{ encoding: string | undefined; bytes: Buffer }> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: 'Bearer sk_payments', 'accept-encoding': acceptEncoding };
      request(`${sandbox.url}${PAYMENTS}?idempotency_key=k`, { headers }, resolve)
        .once('error', reject)
        .end();
    });
    const bytes = Buffer.concat((await response.toArray()) as Buffer[]);
    return { encoding: response.headers['content-encoding'], bytes };
  }

  test('answers gzip to those who take it', async () => {
    const { encoding, bytes } = await get('gzip, deflate');
    expect([encoding, gunzipSync(bytes).toString()]).toEqual(['gzip', '{"data":[]}']);
    const plain = await get('deflate');
    expect([plain.encoding, plain.bytes.toString()]).toEqual([undefined, '{"data":[]}']);
  });

  test('tok_gzip_webhooks: webhooks are compressed', async () => {
    const { body } = await sandbox.post(PAYMENTS, { key: 'k', body: paymentBody('tok_gzip_webhooks') });
    const [webhook] = await sandbox.receiver.waitFor(1, ({ rawBody }) => rawBody.includes(body.id));
    expect(webhook?.headers['content-encoding']).toBe('gzip');
    expect(webhook?.body).toMatchObject({ type: 'payment.authorized' });
  });
});
