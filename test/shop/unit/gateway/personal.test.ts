// What the gateway publishes of personal fields, with keys, without, and when the database of the keys is away.
import { orderSubmitted } from '../../../../domains/shop/events';
import type { EventContract, OutgoingEvent, Seal } from '../../../../src/contracts';
import { personalPaths, withValueAt } from '../../../../src/contracts';
import { gatewayUnderTest } from './gateway-under-test';

const order = orderSubmitted.example;
const event = { specversion: '1.0', id: 'e-1', source: '/web-shop', type: orderSubmitted.type, data: order };
const sealed = `sealed.v1.0f8fad5b-d9cb-469f-a165-70867728950e.${'t'.repeat(22)}.${'b'.repeat(60)}`;
const CLEAR = /ada@example|Lovelace|St. James|tok_visa/;

const seal: Seal = <Data>(contract: EventContract<string, Data>, data: Data) =>
  Promise.resolve(
    personalPaths(contract.schema).reduce<unknown>(
      (all, path) => withValueAt(all, path, sealed),
      data,
    ) as Data,
  );

const textOf = (published: readonly OutgoingEvent[]) =>
  published.map(({ body }) => Buffer.from(body).toString()).join('\n');

const publish = (app: ReturnType<typeof gatewayUnderTest>['app'], payload: object) =>
  app.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'application/cloudevents+json' },
    payload: JSON.stringify(payload),
  });
const submit = (app: ReturnType<typeof gatewayUnderTest>['app'], payload: object) =>
  app.inject({ method: 'POST', url: '/orders', payload });

test.each([
  ['with keys', { seal }, false],
  ['without keys', {}, true],
])('%s: events and submissions are published encrypted, or in clear', async (_, parts, inClear) => {
  const { app, published } = gatewayUnderTest(parts);
  expect((await publish(app, event)).statusCode).toBe(202);
  expect((await submit(app, order)).statusCode).toBe(201);
  expect(published).toHaveLength(2);
  expect(CLEAR.test(textOf(published))).toBe(inClear);
  expect(textOf(published).includes(sealed)).toBe(!inClear);
});

test('data is checked before it is encrypted', async () => {
  const { app, published } = gatewayUnderTest({ seal });
  const wrong = { ...order, email: 'not an address' };
  expect((await publish(app, { ...event, data: wrong })).json()).toMatchObject({ path: 'data.email' });
  expect((await submit(app, wrong)).json()).toMatchObject({ path: 'data.email' });
  expect(published).toEqual([]);
});

test('an encrypted value from outside is refused: it may be another one’s', async () => {
  const { app, published } = gatewayUnderTest({ seal });
  const copied = { ...order, shippingAddress: sealed };
  for (const response of [await publish(app, { ...event, data: copied }), await submit(app, copied)])
    expect(response.json()).toMatchObject({ status: 422, reason: 'invalid-data' });
  expect(published).toEqual([]);
});

test('without the database nothing is stored; the publisher is told to repeat, and nothing of the data', async () => {
  const { app, published, log, counted } = gatewayUnderTest({
    seal: () => Promise.reject(new Error('connect ECONNREFUSED')),
  });
  for (const response of [await publish(app, event), await submit(app, order)]) {
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('2');
    expect(response.json()).toMatchObject({ reason: 'personal-data-unavailable' });
  }
  expect(published).toEqual([]);
  expect(counted).toContain('events: personal-data-unavailable');
  expect(JSON.stringify(log.lines)).not.toMatch(CLEAR);
});
