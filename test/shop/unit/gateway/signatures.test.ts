// Signed events at the gateway: what each mode takes, and what the answers tell.
import { once } from 'node:events';
import type { IncomingMessage as HttpMessage } from 'node:http';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { orderSubmitted } from '../../../../domains/shop/events';
import type { IncomingMessage } from '../../../../src/contracts';
import { encodeEvent, newEvent } from '../../../../src/contracts';
import { valuesOf } from '../../../../src/gateway/server/request';
import { testCheck, testKey } from '../../../support/signatures';
import { binary, bytesOf, envelope, structured } from '../../../support/fakes/messages';
import { gatewayUnderTest, NOW, RECEIPT } from './gateway-under-test';

const now = () => NOW.getTime();
const shop = testKey('shop-1', ['/tests'], { now });
const other = testKey('other-1', ['/other'], { now });
const stranger = testKey('shop-1', ['/tests'], { now });

function gatewayWith(mode: 'off' | 'report' | 'require', entries = [shop.entry, other.entry]) {
  const { check, counted } = testCheck(entries, { mode: mode === 'report' ? 'report' : 'require', now });
  const gateway = gatewayUnderTest(mode === 'off' ? {} : { checkSignature: check });
  const post = async ({ headers, body }: IncomingMessage, signature?: string) => {
    const given = { ...headers, ...(signature !== undefined && { 'x-jws-signature': signature }) };
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/events',
      headers: given,
      body: Buffer.from(body),
    });
    return { status: answer.statusCode, ...answer.json<{ reason?: string; detail?: string }>() };
  };
  return { ...gateway, checked: counted, post };
}
const batch = (...events: readonly unknown[]): IncomingMessage => ({
  headers: { 'content-type': 'application/cloudevents-batch+json' },
  body: bytesOf(events),
});

test('an event that its publisher has signed is taken', async () => {
  const { post, published } = gatewayWith('require');
  const event = structured();
  expect((await post(event, await shop.sign(event.body))).status).toBe(202);
  expect(published).toHaveLength(1);
});

const event = structured();
const attacks: readonly (readonly [string, () => Promise<string | undefined>, number, string])[] = [
  ['no signature', () => Promise.resolve(undefined), 401, 'missing'],
  ['what is no signature', () => Promise.resolve('a.b.c'), 401, 'malformed'],
  ['a key of his own', () => stranger.sign(event.body), 401, 'not-verified'],
  ['the signature of another event', () => shop.sign(structured({ id: '2' }).body), 401, 'not-verified'],
  ['the key of another source', () => other.sign(event.body), 403, 'other-source'],
];

describe.each(attacks)('%s', (_, signatureOf, status, fault) => {
  test('is refused with require', async () => {
    const { post, published, checked, counted } = gatewayWith('require');
    const reason = status === 403 ? 'forbidden-signer' : 'invalid-signature';
    expect(await post(event, await signatureOf())).toMatchObject({ status, reason });
    expect([published, checked, counted]).toEqual([[], [fault], [`events: ${reason}`]]);
  });

  test('is taken, and counted, with report', async () => {
    const { post, published, checked } = gatewayWith('report');
    expect((await post(event, await signatureOf())).status).toBe(202);
    expect([published.length, checked]).toEqual([1, [fault]]);
  });

  test('is taken with off', async () => {
    expect((await gatewayWith('off').post(event, await signatureOf())).status).toBe(202);
  });
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'ce-__proto__', 'ce-constructor'])(
  'a header named %s is a header like any other',
  async (name) => {
    expect(Object.entries(valuesOf([name, 'a', name.toUpperCase(), 'b']))).toEqual([
      [name.toLowerCase(), ['a', 'b']],
    ]);
    const { app, published, log } = gatewayWith('require');
    const server = await app.listen({ host: '127.0.0.1', port: 0 });
    try {
      // `inject` would drop some of these names.
      const sent = request(`${server}/events`, {
        method: 'POST',
        headers: [
          ...['content-type', 'application/cloudevents+json', 'x-jws-signature', await shop.sign(event.body)],
          ...['host', 'gateway', 'content-length', String(event.body.byteLength), name, 'a'],
        ],
      });
      sent.end(event.body);
      const [answer] = (await once(sent, 'response')) as [HttpMessage];
      answer.resume();
      expect(answer.statusCode).toBe(202);
    } finally {
      await app.close();
    }
    expect([published.length, log.lines]).toEqual([1, []]);
  },
);

test('two signatures are refused, apart or joined as proxies join them', async () => {
  const { post, checked } = gatewayWith('require');
  const signature = await shop.sign(event.body);
  expect((await post(event, `${signature}, ${signature}`)).status).toBe(401);
  expect(checked).toEqual(['malformed']);
  expect(valuesOf(['X-JWS-Signature', 'a', 'Accept', '*/*', 'x-jws-signature', 'b'])).toEqual({
    'x-jws-signature': ['a', 'b'],
    accept: ['*/*'],
  });
});

test('a body that is no event is refused for its signature first', async () => {
  const { post } = gatewayWith('require');
  const garbage = { headers: event.headers, body: bytesOf('{') };
  expect(await post(garbage)).toMatchObject({ reason: 'invalid-signature' });
  expect(await post(garbage, await shop.sign(garbage.body))).toMatchObject({ reason: 'not-json' });
});

test('binary mode cannot be signed: its attributes are headers', async () => {
  const { post } = gatewayWith('require');
  const message = binary();
  expect(await post(message, await shop.sign(message.body))).toMatchObject({
    reason: 'invalid-signature',
    detail: expect.stringContaining('sign the structured mode'),
  });
});

test('a signature is over the event, not over its compressed form', async () => {
  const { post } = gatewayWith('require');
  const headers = { ...event.headers, 'content-encoding': 'gzip' };
  expect((await post({ headers, body: gzipSync(event.body) }, await shop.sign(event.body))).status).toBe(202);
});

test('a batch is signed as a whole, and each of its events must be of the key’s sources', async () => {
  const { post, published } = gatewayWith('require');
  const events = batch(
    envelope({ id: '1' }),
    envelope({ id: '2', source: '/elsewhere' }),
    envelope({ id: '3' }),
  );
  const signature = await shop.sign(events.body, 'cloudevents-batch+json');
  const answer = (await post(events, signature)) as { results?: { status: number }[] };
  expect(answer.results?.map(({ status }) => status)).toEqual([202, 403, 202]);
  expect(published.map(({ id }) => id)).toEqual(['1', '3']);
});

test('an event of a signed batch is not taken alone, nor a signed event in a batch', async () => {
  const { post } = gatewayWith('require');
  const events = batch(envelope());
  expect((await post(events, await shop.sign(events.body))).status).toBe(401);
  expect((await post(events, await shop.sign(event.body))).status).toBe(401);
  const asBatch = await shop.sign(event.body, 'cloudevents-batch+json');
  expect((await post(event, asBatch)).status).toBe(401);
  const inBatch = await shop.sign(events.body, 'cloudevents-batch+json');
  expect((await post(event, inBatch)).status).toBe(401);
});

test('an answer names the key that was sent, and tells nothing of others', async () => {
  const forged = await stranger.sign(event.body);
  const answers = await Promise.all(
    [[shop.entry], [{ ...shop.entry, revoked: true }], [other.entry]].map((entries) =>
      gatewayWith('require', entries).post(event, forged),
    ),
  );
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(answers[0]?.detail).toContain('"shop-1"');
  const revoked = gatewayWith('require', [{ ...shop.entry, revoked: true }]);
  expect((await revoked.post(event, await shop.sign(event.body))).detail).toContain('revoked');
});

describe('an earlier event of an endpoint’s process', () => {
  const data = orderSubmitted.example;
  const forged = encodeEvent(newEvent(orderSubmitted, { id: 'forged', data }), { source: '/tests' });
  /** What `POST /orders` answers if the stream has this message of the order already. */
  async function countsWith(mode: 'off' | 'require', jws?: string): Promise<boolean> {
    const headers = jws === undefined ? {} : { 'x-jws-signature': [jws] };
    const message = { ...forged, subject: `p.1.1.${forged.subject.slice('evt.'.length)}`, headers };
    const { check } = testCheck([shop.entry], { now });
    let counted = false;
    const { app } = gatewayUnderTest({
      ...(mode === 'require' && { checkSignature: check }),
      publishFirst: (_, counts) => {
        counted = counts({ ...message, stream: 'EVENTS', sequence: 7, storedAt: NOW });
        return Promise.resolve({ kind: 'published', receipt: RECEIPT });
      },
    });
    await app.inject({ method: 'POST', url: '/orders', body: Buffer.from(JSON.stringify(data)) });
    return counted;
  }

  test('counts only if its signature does', async () => {
    expect(await countsWith('off')).toBe(true);
    expect(await countsWith('require')).toBe(false);
    expect(await countsWith('require', await stranger.sign(forged.body))).toBe(false);
    expect(await countsWith('require', await shop.sign(forged.body))).toBe(true);
  });
});
