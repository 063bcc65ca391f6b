import { defaultPayloadConverter } from '@temporalio/common';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { parseKeyRing } from '../../../../../src/security/codec/key-ring';
import type { CodecUse } from '../../../../../src/security/codec/server';
import { createCodecServer } from '../../../../../src/security/codec/server';
import type { Payload } from '../../../../../src/security/codec/seal';
import { open, seal } from '../../../../../src/security/codec/seal';
import { keyLine } from '../../../../support/payload-keys';

const READER = 'a-token-that-may-decode';
const WRITER = 'a-token-that-may-encrypt';
const UI = 'https://temporal.example.com';
const ring = parseKeyRing(keyLine('one'));
const place = { namespace: 'shop', workflowId: 'order-1', purpose: 'workflow' };
const ENCODE = '/workflows/order-1/encode';
const CANARY = 'Ada Canary';
const plain = defaultPayloadConverter.toPayload({ name: CANARY });
const sealed = seal(plain, ring, place);

let outcomes: string[];
let uses: CodecUse[];
let record: (use: CodecUse) => Promise<void>;
let server: FastifyInstance;
beforeEach(() => {
  outcomes = [];
  uses = [];
  record = (use) => Promise.resolve(void uses.push(use));
  server = serverWith({ mayEncode: (token) => (token === WRITER ? 'grace' : undefined) });
});
afterEach(() => server.close());

function serverWith(more: { mayEncode?: (token: string) => string | undefined }): FastifyInstance {
  return createCodecServer({
    namespace: place.namespace,
    keys: { current: () => ring, newest: () => ring },
    mayDecode: (token) => (token === READER ? 'ada' : undefined),
    record: (use) => record(use),
    origins: [UI],
    count: (outcome) => outcomes.push(outcome),
    ...more,
  });
}

function toJson({ metadata, data }: Payload) {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)] as const);
  return { metadata: Object.fromEntries(entries), data: text(data ?? Buffer.alloc(0)) };
}

function ask(path: string, payload: object | string, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${READER}`, ...headers },
    payload,
  });
}

const answered = (response: LightMyRequestResponse) =>
  response.json<{ payloads: { metadata: Record<string, string>; data?: string }[] }>().payloads;

test('it decrypts for those who have a token, and leaves what it cannot decrypt as it is', async () => {
  const strange = seal(plain, parseKeyRing(keyLine('strange')), place);
  const response = await ask('/decode', { payloads: [sealed, plain, strange].map(toJson) });
  expect(response.statusCode).toBe(200);
  expect(answered(response)).toEqual([toJson(plain), toJson(plain), toJson(strange)]);
  expect(response.headers['cache-control']).toBe('no-store');
  expect(outcomes).toEqual(['answered']);
});

test('it encrypts for the workflow of the path, and for those who have the other token', async () => {
  const without = await ask('/encode', { payloads: [toJson(plain)] }, { authorization: `Bearer ${WRITER}` });
  expect(without.statusCode).toBe(404);
  const response = await ask(ENCODE, { payloads: [toJson(plain)] }, { authorization: `Bearer ${WRITER}` });
  const [made] = answered(response);
  const metadata = Object.entries(made?.metadata ?? {}).map(
    ([name, value]) => [name, Buffer.from(value, 'base64')] as const,
  );
  const payload = { metadata: Object.fromEntries(metadata), data: Buffer.from(made?.data ?? '', 'base64') };
  expect(open(payload, ring, place).kind).toBe('opened');
  expect(open(payload, ring, { ...place, workflowId: 'order-2' }).kind).toBe('another-place');
  expect(open(payload, ring, { ...place, namespace: 'staging' }).kind).toBe('another-place');
});

test.each([
  ['/decode', {}, 401],
  ['/decode', { authorization: 'Bearer wrong' }, 401],
  ['/decode', { authorization: READER }, 401],
  ['/decode', { authorization: `Basic ${READER}` }, 401],
  ['/decode', { authorization: `Bearer ${WRITER}` }, 200],
  [ENCODE, {}, 401],
  [ENCODE, { authorization: `Bearer ${READER}` }, 403],
])('%s with %j is %d', async (path, headers, status) => {
  const response = await server.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', ...headers },
    payload: { payloads: [toJson(sealed)] },
  });
  expect(response.statusCode).toBe(status);
  if (status === 200) return;
  expect(response.body).not.toContain('payloads');
  expect(outcomes).toEqual([status === 401 ? 'unauthorized' : 'forbidden']);
});

test('nobody encrypts where there is no token for it', async () => {
  await server.close();
  server = serverWith({});
  expect((await ask(ENCODE, { payloads: [] })).statusCode).toBe(403);
});

test.each([
  ['no JSON', `{"payloads": "${CANARY}`],
  ['no payloads', { name: CANARY }],
  ['payloads that are no list', { payloads: { name: CANARY } }],
  ['a payload that is none', { payloads: [CANARY] }],
  ['metadata that is none', { payloads: [{ metadata: [CANARY] }] }],
  ['no base64', { payloads: [{ data: CANARY }] }],
  ['metadata without base64', { payloads: [{ metadata: { encoding: CANARY } }] }],
  ['an array', [CANARY]],
])('%s is refused, without a word of what was sent', async (_, body) => {
  const response = await ask('/decode', body);
  expect([response.statusCode, response.body]).toEqual([400, expect.not.stringContaining('Canary')]);
  expect(outcomes).toEqual(['refused']);
});

test('a body of more than 8 MiB is refused, one of less is not', async () => {
  const payloads = (bytes: number) => ({ payloads: [{ data: 'A'.repeat(bytes) }] });
  const [less, more] = [7 * 1024 * 1024, 9 * 1024 * 1024];
  expect((await ask('/decode', payloads(less))).statusCode).toBe(200);
  expect((await ask('/decode', payloads(more))).statusCode).toBe(413);
});

test('a page of the Temporal UI may read the answer, a page of another site may not', async () => {
  const preflight = (origin: string) =>
    server.inject({
      method: 'OPTIONS',
      url: '/decode',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const allowed = await preflight(UI);
  expect([allowed.statusCode, allowed.headers]).toMatchObject([
    204,
    {
      'access-control-allow-origin': UI,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, x-namespace',
      vary: 'origin',
    },
  ]);
  for (const origin of ['https://evil.example.com', `${UI}.evil.example.com`, 'null'])
    expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
  const answer = await ask('/decode', { payloads: [] }, { origin: UI });
  expect(answer.headers['access-control-allow-origin']).toBe(UI);
  // A page has to see that its token is wrong.
  const refused = await ask('/decode', { payloads: [] }, { origin: UI, authorization: 'Bearer wrong' });
  expect(refused.headers['access-control-allow-origin']).toBe(UI);
});

test('other paths and methods are not found', async () => {
  for (const [method, url] of [
    ['GET', '/decode'],
    ['POST', '/'],
  ] as const)
    expect((await server.inject({ method, url })).statusCode).toBe(404);
});

describe('a request is on record', () => {
  const payloads = [sealed, plain].map(toJson);

  test('with the owner of its token, before it is answered; a refused one is not', async () => {
    await ask('/decode', { payloads });
    await ask(ENCODE, { payloads }, { authorization: `Bearer ${WRITER}` });
    await ask('/decode', { payloads }, { authorization: 'Bearer wrong' });
    await ask(ENCODE, { payloads });
    expect(uses).toEqual([
      { owner: 'ada', action: 'codec.decode', payloads: 2 },
      { owner: 'grace', action: 'codec.encode', payloads: 2, workflowId: 'order-1' },
    ]);
  });

  test('or it is not answered', async () => {
    record = () => Promise.reject(new Error('PostgreSQL is away'));
    const response = await ask('/decode', { payloads });
    expect([response.statusCode, outcomes]).toEqual([503, ['not-recorded']]);
    expect(response.body).not.toContain('payloads');
  });
});
