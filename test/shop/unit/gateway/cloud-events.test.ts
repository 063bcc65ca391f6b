// What the gateway does with CloudEvents beyond one sound event: batches, handshake, headers, expiry, unknown fields.
import { EventConflictError, NotPublishedError } from '../../../../src/adapters/nats';
import type { IncomingMessage, OutgoingEvent } from '../../../../src/contracts';
import { headersOf } from '../../../../src/gateway/server/request';
import { binary, envelope, structured } from '../../../support/fakes/messages';
import { apiError, messageTooLarge } from '../../../support/fakes/nats-errors';
import { PINGED_V2 } from '../../../support/ping/names';
import { gatewayUnderTest, RECEIPT } from './gateway-under-test';

type Gateway = ReturnType<typeof gatewayUnderTest>;
const post = ({ app }: Gateway, { headers, body }: IncomingMessage) =>
  app.inject({ method: 'POST', url: '/events', headers: { ...headers }, body: Buffer.from(body) });
const batch = (text: string): IncomingMessage => ({
  headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' },
  body: Buffer.from(text),
});
const batchOf = (...events: readonly unknown[]) => batch(JSON.stringify(events));
const event = (id: string, more = {}) => envelope({ id, ...more });
const publishedBy = ({ published }: Gateway) => published.map(({ id }) => id);
const jsonOf = ({ body }: OutgoingEvent) => JSON.parse(Buffer.from(body).toString()) as object;

describe('a batch', () => {
  test('is taken event by event, in its order, and answered with a receipt for each', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, batchOf(event('a'), event('b ,"]}[{'), event('c')));
    expect(response.statusCode).toBe(202);
    expect(publishedBy(gateway)).toEqual(['a', 'b ,"]}[{', 'c']);
    const { results } = response.json<{ results: object[] }>();
    expect(results).toMatchObject(['a', 'b ,"]}[{', 'c'].map((id) => ({ status: 202, id, ...RECEIPT })));
  });

  test.each(['[]', ' [ \n ] '])('of nothing is taken: %s', async (text) => {
    const response = await post(gatewayUnderTest(), batch(text));
    expect([response.statusCode, response.json()]).toEqual([202, { results: [] }]);
  });

  test('has what is wrong refused alone, with its reason; the answer is no success', async () => {
    const gateway = gatewayUnderTest();
    const wrong = [event('nul', { data: { pingId: 'p\0' } }), 7, [], event('deep', { data: deep(40) })];
    const response = await post(gateway, batchOf(event('a'), ...wrong, event('b')));
    expect(response.statusCode).toBe(422);
    expect(publishedBy(gateway)).toEqual(['a', 'b']);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({
      reason: 'batch-not-accepted',
      results: [
        { status: 202, id: 'a' },
        { status: 400, reason: 'forbidden-text', path: 'data.pingId' },
        { status: 400, reason: 'invalid-envelope' },
        { status: 400, reason: 'invalid-envelope' },
        { status: 400, reason: 'too-deep' },
        { status: 202, id: 'b' },
      ],
    });
  });

  test('of which one is not JSON has the others taken', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, batch(`[${JSON.stringify(event('a'))}, {"id": nope}]`));
    expect(response.json()).toMatchObject({
      results: [{ status: 202 }, { status: 400, reason: 'not-json' }],
    });
  });

  test('is to be repeated where the stream is away, which is asked once', async () => {
    let asked = 0;
    const gateway = gatewayUnderTest({
      publish: ({ subject }) => {
        asked++;
        return asked === 1
          ? Promise.resolve(RECEIPT)
          : Promise.reject(new NotPublishedError(subject, 'unconfirmed', { cause: new Error('time-out') }));
      },
    });
    const response = await post(gateway, batchOf(event('a'), event('b'), event('c')));
    expect([response.statusCode, asked]).toEqual([503, 2]);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    const { results } = response.json<{ results: { status: number }[] }>();
    expect(results.map(({ status }) => status)).toEqual([202, 503, 503]);
  });

  test('has what the stream refuses for good refused alone, and nothing about a repeat', async () => {
    const stored: string[] = [];
    const gateway = gatewayUnderTest({
      publish: ({ id, subject }) => {
        const cause = id === 'b' ? messageTooLarge() : apiError(10_060, 400);
        if (id === 'b' || id === 'c')
          return Promise.reject(new NotPublishedError(subject, 'refused', { cause }));
        stored.push(id);
        return Promise.resolve(RECEIPT);
      },
    });
    const response = await post(gateway, batchOf(event('a'), event('b'), event('c'), event('d')));
    expect([response.statusCode, response.headers['retry-after'], stored]).toEqual([
      422,
      undefined,
      ['a', 'd'],
    ]);
    expect(response.json()).toMatchObject({
      results: [
        { status: 202 },
        { status: 413, reason: 'too-large' },
        { status: 422, reason: 'refused-by-stream' },
        { status: 202 },
      ],
    });
  });

  test.each([
    ['no array', '{}', 400, 'not-json'],
    ['an array that is cut', '[{},', 400, 'not-json'],
    ['something behind the array', '[] []', 400, 'not-json'],
    ['nothing', '', 400, 'not-json'],
    ['brackets that do not match', '[}', 400, 'not-json'],
    ['more than a hundred', JSON.stringify(Array.from({ length: 101 }, () => ({}))), 413, 'too-large'],
  ])('that is %s is refused as a whole', async (_, text, status, reason) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, batch(text));
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([status, reason]);
    expect(gateway.published).toEqual([]);
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

describe('the handshake of CloudEvents webhooks', () => {
  test('grants what is asked for', async () => {
    const { app } = gatewayUnderTest();
    const headers = { 'webhook-request-origin': 'emitter.example.com', 'webhook-request-rate': '120' };
    const response = await app.inject({ method: 'OPTIONS', url: '/events', headers });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'webhook-allowed-origin': 'emitter.example.com',
      'webhook-allowed-rate': '*',
      allow: 'OPTIONS, POST',
    });
  });

  test('grants nothing where nobody asks', async () => {
    const response = await gatewayUnderTest().app.inject({ method: 'OPTIONS', url: '/events' });
    expect(response.headers).not.toHaveProperty('webhook-allowed-origin');
  });
});

describe('headers', () => {
  // Node hands headers over as Latin-1.
  test.each([
    ['UTF-8, as Go and Java send it', Buffer.from('/café/€').toString('latin1'), '/café/€'],
    ['Latin-1, as JavaScript sends it', '/café', '/café'],
    ['percent-encoded, as Python sends it', '/caf%C3%A9', '/café'],
  ])('in %s', async (_, sent, source) => {
    const gateway = gatewayUnderTest();
    await post(gateway, binary({ 'ce-source': sent }));
    expect(gateway.published).toMatchObject([{ source }]);
  });

  test('may be written in any case', async () => {
    const gateway = gatewayUnderTest();
    const { headers, body } = binary();
    const shouted = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]);
    await post(gateway, { headers: Object.fromEntries(shouted) as Record<string, string>, body });
    expect(publishedBy(gateway)).toEqual(['event-1']);
  });

  test('that give an attribute twice are refused', () => {
    const raw = ['CE-Id', 'a', 'Accept', 'x', 'ce-id', 'b', 'accept', 'y'];
    expect(headersOf(raw)).toMatchObject({ rejection: { reason: 'invalid-envelope', path: 'id' } });
  });
});

test.each(['structured', 'binary'] as const)(
  'extensions of every type go to the stream: %s',
  async (mode) => {
    const gateway = gatewayUnderTest();
    const extensions = {
      subject: 'pings/7',
      flag: true,
      count: -7,
      link: 'https://example.com/a?b=c',
      picture: 'AAECAw==',
      seenat: '2026-01-01T00:00:00Z',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
      averylongextensionname: 'x',
    };
    const asHeaders = Object.entries(extensions).map(([name, value]) => [`ce-${name}`, String(value)]);
    await post(
      gateway,
      mode === 'structured'
        ? structured(extensions)
        : binary(Object.fromEntries(asHeaders) as Record<string, string>),
    );
    const expected = mode === 'structured' ? extensions : { ...extensions, flag: 'true', count: '-7' };
    expect(gateway.published.map(jsonOf)).toMatchObject([expected]);
  },
);

test('an event whose time has passed is refused at the endpoint; one whose time is to come goes on with it', async () => {
  const gateway = gatewayUnderTest();
  const late = await post(gateway, structured({ expirytime: '2026-01-01T12:00:00Z' }));
  expect([late.statusCode, late.json<object>()]).toMatchObject([
    422,
    { reason: 'expired', path: 'expirytime' },
  ]);
  await post(gateway, structured({ expirytime: '2026-01-01T13:00:01+01:00' }));
  expect(gateway.published.map(jsonOf)).toMatchObject([{ expirytime: '2026-01-01T13:00:01+01:00' }]);
});

test('unknown fields are left out, and counted', async () => {
  const gateway = gatewayUnderTest();
  await post(gateway, structured({ data: { pingId: 'p-1', urgency: 3, colour: 'red' } }));
  expect(gateway.published.map(jsonOf)).toMatchObject([{ data: { pingId: 'p-1', urgency: 3 } }]);
  expect(gateway.published.map(jsonOf)).not.toMatchObject([{ data: { colour: 'red' } }]);
  expect(gateway.counted).toEqual([`unknown in ${PINGED_V2}: colour`, 'events: accepted']);
});

test('another event under the same identity is a conflict; of the first one nothing is told', async () => {
  const stored = { stream: 'EVENTS', sequence: 17 };
  const gateway = gatewayUnderTest({
    publish: ({ subject }) => Promise.reject(new EventConflictError(subject, stored)),
  });
  const response = await post(gateway, structured());
  expect(response.statusCode).toBe(409);
  expect(response.json()).toEqual({
    type: 'urn:sagaline:problem:conflict',
    ...{ status: 409, reason: 'conflict', title: 'another event has this source and id', path: 'id' },
    detail: 'another event has the same source and id with other content; give this event an id of its own',
  });
  expect(gateway.counted).toEqual(['events: conflict']);
});
