// The endpoint that answers when the process does; neither stream nor Temporal is there.
import type { First } from '../../../../src/adapters/nats/publish/first';
import { NotPublishedError } from '../../../../src/adapters/nats';
import type { DomainEvent, EndpointAnswer, OutgoingEvent, StoredMessage } from '../../../../src/contracts';
import { createCatalogue, InvalidConfigError, MAX_EVENT_BYTES } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import type { GatewayParts } from '../../../../src/gateway';
import { messageTooLarge } from '../../../support/fakes/nats-errors';
import { gatewayUnderTest, RECEIPT } from './gateway-under-test';

const order = { ...orderSubmitted.example, orderId: 'o-1' };
const SOURCE = '/gateway/orders';

function endpoint(parts: Partial<GatewayParts> = {}) {
  const submitted: DomainEvent[] = [];
  const gateway = gatewayUnderTest({
    submit: (_, event) => {
      submitted.push(event);
      return Promise.resolve({ kind: 'answered', answer: { accepted: true } });
    },
    ...parts,
  });
  const post = (body: unknown) =>
    gateway.app.inject({
      method: 'POST',
      url: '/orders',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { ...gateway, submitted, post };
}
const answering = (answer: EndpointAnswer) =>
  endpoint({ submit: () => Promise.resolve({ kind: 'answered', answer }) });

/** A stream that has this message on the subject already. */
function before(event: { body: Uint8Array; headers?: StoredMessage['headers'] }) {
  const message: StoredMessage = {
    stream: 'EVENTS',
    sequence: 7,
    subject: 'p.1.1.orders.submitted.v1.o-1',
    headers: {},
    storedAt: new Date(0),
    ...event,
  };
  return (published: OutgoingEvent[]): GatewayParts['publishFirst'] =>
    (given, counts): Promise<First> => {
      if (counts(message)) return Promise.resolve({ kind: 'earlier', message });
      published.push(given);
      return Promise.resolve({ kind: 'published', receipt: RECEIPT });
    };
}
const eventOf = (data: object, id = 'an-event') => ({
  body: Buffer.from(
    JSON.stringify({ specversion: '1.0', id, source: '/shop', type: orderSubmitted.type, data }),
  ),
});

describe('an order is published, submitted, and answered', () => {
  test('accepted: 201', async () => {
    const { post, published, submitted, counted } = endpoint();
    const response = await post(order);
    expect(response.statusCode).toBe(201);
    expect(response.json()).toEqual({
      id: 'o-1',
      source: SOURCE,
      key: 'o-1',
      workflowId: 'order-o-1',
      answer: 'accepted',
    });
    expect(published).toMatchObject([{ id: 'o-1', source: SOURCE, subject: 'evt.orders.submitted.v1.o-1' }]);
    expect(submitted).toMatchObject([{ id: 'o-1', source: SOURCE, key: 'o-1', data: order }]);
    expect(counted).toEqual(['request-reply: accepted']);
  });

  test('not before the stream has it', async () => {
    const error = new NotPublishedError('evt.orders.submitted.v1.o-1', 'unconfirmed', {
      cause: new Error('time-out'),
    });
    const { post, submitted } = endpoint({ publishFirst: () => Promise.reject(error) });
    const response = await post(order);
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([503, 'not-published']);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(submitted).toEqual([]);
  });

  test('the stream refuses it for good: 413, and nothing about a repeat', async () => {
    const error = new NotPublishedError('evt.orders.submitted.v1.o-1', 'refused', {
      cause: messageTooLarge(),
    });
    const { post, submitted } = endpoint({ publishFirst: () => Promise.reject(error) });
    const response = await post(order);
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([413, 'too-large']);
    expect(response.headers['retry-after']).toBeUndefined();
    expect(submitted).toEqual([]);
  });

  test('refused: 422 with the reason of the process', async () => {
    const { post, counted } = answering({
      accepted: false,
      reason: 'out-of-stock',
      detail: 'there are not 2',
    });
    const response = await post(order);
    expect(response.statusCode).toBe(422);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toEqual({
      type: 'urn:sagaline:problem:out-of-stock',
      title: 'the process has refused it',
      status: 422,
      reason: 'out-of-stock',
      detail: 'there are not 2',
    });
    expect(counted).toEqual(['request-reply: out-of-stock']);
  });

  test('refused because another saga has it: 409', async () => {
    const { post } = answering({ accepted: false, reason: 'order-exists', detail: 'by another saga' });
    expect(await post(order)).toMatchObject({ statusCode: 409 });
  });

  test('not answered in time: 202, and how to ask again', async () => {
    const { post } = endpoint({
      submit: () => Promise.resolve({ kind: 'pending', why: 'no answer in time' }),
    });
    const response = await post(order);
    expect(response.statusCode).toBe(202);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.json()).toMatchObject({
      answer: 'pending',
      workflowId: 'order-o-1',
      detail: expect.stringContaining('same request again'),
    });
  });
});

describe('an order whose event is in the stream already', () => {
  function again(event: ReturnType<typeof eventOf>) {
    const published: OutgoingEvent[] = [];
    return { ...endpoint({ publishFirst: before(event)(published) }), published };
  }

  test('with the same content it is that event, which is asked about', async () => {
    const { post, published, submitted, counted } = again(eventOf(order));
    const response = await post(order);
    expect([response.statusCode, response.json()]).toMatchObject([
      201,
      { id: 'an-event', source: '/shop', answer: 'accepted' },
    ]);
    expect(submitted).toMatchObject([{ id: 'an-event', source: '/shop' }]);
    expect([published, counted]).toEqual([[], ['request-reply: duplicate']]);
  });

  test('with other content it is refused with 409; nothing is published, nobody is asked', async () => {
    const other = { ...order, lines: [{ sku: 'TEA-POT-GLASS', quantity: 1, unitPrice: 1 }] };
    const { post, published, submitted } = again(eventOf(other));
    const response = await post(order);
    expect([response.statusCode, response.json()]).toMatchObject([
      409,
      { reason: 'conflict', detail: 'o-1 was submitted before, with other content; use another key' },
    ]);
    expect([published, submitted]).toEqual([[], []]);
  });

  test('what cannot be read is none', async () => {
    const { post, published } = again({ body: Buffer.from('no event') });
    expect((await post(order)).statusCode).toBe(201);
    expect(published).toHaveLength(1);
  });
});

describe('what is no order is refused, and not published', () => {
  test.each<[number, string, unknown]>([
    [400, 'not-json', '{"orderId"'],
    [400, 'not-json', ''],
    [422, 'invalid-data', { ...order, lines: [] }],
    [422, 'invalid-data', { ...order, more: 1 }],
    [422, 'invalid-data', { ...order, orderId: 'o 1' }],
    [422, 'invalid-data', 17],
    [413, 'too-large', `"${'x'.repeat(MAX_EVENT_BYTES)}"`],
  ])('%i %s', async (status, reason, body) => {
    const { post, published, submitted, counted } = endpoint();
    const response = await post(body);
    expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([status, reason]);
    expect([published, submitted, counted]).toEqual([[], [], [`request-reply: ${reason}`]]);
  });
});

test('an endpoint that leads nowhere, or to a path of the gateway, is found at the start', () => {
  const [orders] = shop.endpoints ?? [];
  if (!orders) throw new Error('the shop has an endpoint');
  const withEndpoints =
    (...endpoints: (typeof orders)[]) =>
    () =>
      createCatalogue([{ ...shop, endpoints }]);
  expect(withEndpoints({ ...orders, path: '/events' })).toThrow(InvalidConfigError);
  expect(withEndpoints({ ...orders, path: 'orders' })).toThrow('of the form /name');
  expect(withEndpoints(orders, orders)).toThrow('two endpoints are at /orders');
  const [, demand] = shop.workflows;
  expect(withEndpoints({ ...orders, workflow: demand as never })).toThrow('no route lets');
});
