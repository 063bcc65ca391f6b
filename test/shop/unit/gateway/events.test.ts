import { z } from 'zod';
import { NotPublishedError } from '../../../../src/adapters/nats';
import { apiError, messageTooLarge, payloadTooLarge } from '../../../support/fakes/nats-errors';
import type { IncomingMessage, Reason } from '../../../../src/contracts';
import {
  createCatalogue,
  decodeEvent,
  decodePublished,
  defineEvent,
  MAX_EVENT_BYTES,
  REASONS,
} from '../../../../src/contracts';
import { binary, bytesOf, envelope, structured } from '../../../support/fakes/messages';
import { pingDomain, ponged } from '../../../support/ping/domain';
import { PINGED, PINGED_V2, PONGED } from '../../../support/ping/names';
import { until } from '../../../support/until';
import { gatewayUnderTest, RECEIPT } from './gateway-under-test';

type Gateway = ReturnType<typeof gatewayUnderTest>;
const post = ({ app }: Gateway, { headers, body }: IncomingMessage) =>
  app.inject({ method: 'POST', url: '/events', headers: { ...headers }, body: Buffer.from(body) });
const raw = (body: string, contentType = 'application/cloudevents+json'): IncomingMessage => ({
  headers: { 'content-type': contentType },
  body: bytesOf(body),
});
const failing = (error: Error) => gatewayUnderTest({ publish: () => Promise.reject(error) });

describe('a sound event is published, then answered with 202 and the receipt', () => {
  test.each([
    ['structured', structured()],
    ['binary', binary()],
    ['without a content type', { headers: {}, body: structured().body }],
  ])('%s', async (_, message) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, message);
    expect(response.statusCode).toBe(202);
    const event = { id: 'event-1', source: '/tests', subject: 'evt.pings.pinged.v2.p-1' };
    expect(response.json()).toEqual({ ...event, ...RECEIPT });
    expect(gateway.published).toMatchObject([event]);
    expect(gateway.counted).toEqual(['events: accepted']);
  });

  test('with the bytes of a structured event that is the same', async () => {
    const gateway = gatewayUnderTest();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const attributes = { time: '2026-01-01T12:00:00Z', causationid: 'event-0', traceparent, region: 'eu' };
    await post(gateway, structured(attributes));
    const catalogue = createCatalogue([pingDomain]);
    const [body = new Uint8Array()] = gateway.published.map((event) => event.body);
    expect(decodeEvent({ headers: {}, body }, catalogue)).toEqual(
      decodeEvent(structured(attributes), catalogue),
    );
  });

  test('in the newest version', async () => {
    const gateway = gatewayUnderTest();
    await post(gateway, structured({ type: PINGED, data: { pingId: 'p-1' } }));
    const [event] = gateway.published;
    expect(event?.subject).toBe('evt.pings.pinged.v2.p-1');
    expect(JSON.parse(Buffer.from(event?.body ?? []).toString())).toMatchObject({
      type: PINGED_V2,
      data: { urgency: 0 },
    });
  });

  test('and the receipt says when the stream had it already', async () => {
    const gateway = gatewayUnderTest({ publish: () => Promise.resolve({ ...RECEIPT, duplicate: true }) });
    const response = await post(gateway, structured());
    expect([response.statusCode, response.json<typeof RECEIPT>().duplicate]).toEqual([202, true]);
    expect(gateway.counted).toEqual(['events: duplicate']);
  });

  test('not before the stream has confirmed it', async () => {
    let confirm: ((receipt: typeof RECEIPT) => void) | undefined;
    const gateway = gatewayUnderTest({ publish: () => new Promise((resolve) => (confirm = resolve)) });
    const answered = jest.fn();
    const response = post(gateway, structured()).then(answered);
    await until('it is published', () => confirm !== undefined);
    // Long enough for an answer that does not wait.
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(answered).not.toHaveBeenCalled();
    confirm?.(RECEIPT);
    await response;
    expect(answered).toHaveBeenCalledTimes(1);
  });
});

describe('what is no event is refused with problem details, and not published', () => {
  test.each<[Reason, string | undefined, IncomingMessage]>([
    ['not-json', undefined, raw('{"specversion"')],
    ['not-json', undefined, raw('')],
    ['too-deep', undefined, raw('['.repeat(10_000))],
    ['forbidden-key', 'data.__proto__', raw('{"data":{"__proto__":{}}}')],
    ['unsupported-content-type', undefined, raw(JSON.stringify(envelope()), 'application/json')],
    ['unsupported-content-type', undefined, raw('<event/>', 'text/xml; charset=utf-8')],
    ['unsupported-content-type', undefined, raw('{}', 'multipart/form-data; boundary=x')],
    ['invalid-envelope', 'source', structured({ source: undefined })],
    ['unknown-type', 'type', structured({ type: 'test.sagaline.pings.lost.v1' })],
    ['unknown-version', 'type', structured({ type: 'test.sagaline.pings.pinged.v9' })],
    ['invalid-data', 'data.urgency', structured({ data: { pingId: 'p-1', urgency: 'high' } })],
    ['invalid-data', 'data', structured({ type: PONGED, data: { pingId: 'p.1' } })],
    ['subject-mismatch', 'correlationid', structured({ correlationid: 'p-2' })],
  ])('%s at %s', async (reason, path, message) => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, message);
    const { status, meaning } = REASONS[reason];
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toEqual({
      type: `urn:sagaline:problem:${reason}`,
      title: meaning,
      status,
      reason,
      detail: expect.stringMatching(/./),
      ...(path !== undefined && { path }),
    });
    expect(gateway.published).toEqual([]);
    expect(gateway.counted).toEqual([`events: ${reason}`]);
  });

  const tooLarge = raw(JSON.stringify(envelope()).padEnd(MAX_EVENT_BYTES + 1));

  test('too-large, before it is read to its end', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, tooLarge);
    expect(response.statusCode).toBe(413);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({
      type: 'urn:sagaline:problem:too-large',
      status: 413,
      reason: 'too-large',
    });
    expect([gateway.published, gateway.log.lines]).toEqual([[], []]);
  });

  test('too-large, and counted like the others', async () => {
    const gateway = gatewayUnderTest();
    await post(gateway, tooLarge);
    expect(gateway.counted).toEqual(['events: too-large']);
  });

  test('too-large with the envelope that it would get: what is taken here the bridge can read', async () => {
    const wide = defineEvent({
      ...ponged,
      schema: z.strictObject({ pingId: z.string().max(64), note: z.string().max(1_000_000) }),
      example: { pingId: 'p-1', note: '' },
      key: ({ pingId }: { pingId: string }) => pingId,
    });
    const domain = { name: 'wide', events: [wide], workflows: [], routes: [], webhooks: [] };
    const catalogue = createCatalogue([domain]);
    const room = MAX_EVENT_BYTES - bytesOf(wide.example).byteLength;
    const gateway = gatewayUnderTest({ catalogue });
    const message = binary({ 'ce-type': PONGED }, { ...wide.example, note: 'x'.repeat(room) });

    const { statusCode } = await post(gateway, message);
    const readable = gateway.published.map(
      ({ subject, body }) => decodePublished({ subject, headers: {}, body }, catalogue).ok,
    );
    const fair = [
      [413, []],
      [202, [true]],
    ];
    expect(fair).toContainEqual([statusCode, readable]);
  });

  test('an event of exactly the largest size is taken', async () => {
    const gateway = gatewayUnderTest();
    const response = await post(gateway, raw(JSON.stringify(envelope()).padEnd(MAX_EVENT_BYTES)));
    expect(response.statusCode).toBe(202);
  });
});

describe('a request that HTTP itself does not allow is the caller’s fault, told as a problem', () => {
  test.each([
    [
      'a content type that is none',
      415,
      { method: 'POST', url: '/events', headers: { 'content-type': 'garbage' }, body: '{}' },
    ],
    [
      'an empty content type',
      415,
      { method: 'POST', url: '/events', headers: { 'content-type': '' }, body: '{}' },
    ],
    [
      'a length that is not the body’s',
      400,
      { method: 'POST', url: '/events', headers: { 'content-length': '5' }, body: structured().body },
    ],
    ['a path that cannot be decoded', 400, { method: 'GET', url: '/%zz' }],
    ['nothing behind the path', 404, { method: 'GET', url: '/nothing' }],
    ['another method', 405, { method: 'GET', url: '/events' }],
    ['a path below', 404, { method: 'POST', url: '/events/1', body: '{}' }],
  ] as const)('%s: %i', async (_, status, request) => {
    const gateway = gatewayUnderTest();
    const body = 'body' in request ? Buffer.from(request.body as string) : undefined;
    const response = await gateway.app.inject({ ...request, ...(body && { body }) });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ status, reason: expect.stringMatching(/./) });
    expect(gateway.published).toEqual([]);
    expect(gateway.log.lines).toEqual([]);
  });
});

describe('when the event is not stored, the answer is no success', () => {
  test('503 with Retry-After where JetStream has not confirmed it', async () => {
    const gateway = failing(
      new NotPublishedError('evt.pings.pinged.v2.p-1', 'unconfirmed', { cause: new Error('time-out') }),
    );
    const response = await post(gateway, structured());
    expect(response.statusCode).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({
      status: 503,
      reason: 'not-published',
      detail: expect.stringContaining('same source and id'),
    });
    expect(gateway.counted).toEqual(['events: not-published']);
    expect(gateway.log.lines).toMatchObject([
      { level: 'error', fields: { subject: 'evt.pings.pinged.v2.p-1' } },
    ]);
  });

  test.each([
    ['413 where it is larger than the stream takes', messageTooLarge(), 413, 'too-large'],
    ['413 where it is larger than NATS takes', payloadTooLarge(), 413, 'too-large'],
    ['422 where the stream refuses it for another cause', apiError(10_060, 400), 422, 'refused-by-stream'],
  ])('%s, and nothing about a repeat', async (_, cause, status, reason) => {
    const gateway = failing(new NotPublishedError('evt.pings.pinged.v2.p-1', 'refused', { cause }));
    const response = await post(gateway, structured());
    expect([response.statusCode, response.headers['retry-after']]).toEqual([status, undefined]);
    const { reason: told, detail } = response.json<{ reason: string; detail: string }>();
    expect([told, detail]).toEqual([reason, expect.stringMatching(/operator.*npm run provision/)]);
    expect(detail).not.toMatch(/send (it|the same event) again/i);
    expect(gateway.counted).toEqual([`events: ${reason}`]);
    expect(gateway.log.lines).toMatchObject([
      { level: 'error', message: expect.stringContaining('for good') },
    ]);
  });

  test('500 where it fails for another cause, which only the log tells', async () => {
    const cause = new Error('password authentication failed for nats://user:hunter2@10.0.0.7');
    const gateway = failing(cause);
    const response = await post(gateway, structured());
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ status: 500, reason: 'internal' });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.stringify([response.body, response.headers])).not.toMatch(
      /hunter2|10\.0\.0\.7|password|\.ts/,
    );
    expect(gateway.log.lines).toMatchObject([{ level: 'error', fields: { err: cause } }]);
  });
});
