// Who may say what at the gateway: no event of a provider or of the shop's own steps is taken from a publisher.
import fc from 'fast-check';
import type { EventContract } from '../../../../src/contracts';
import {
  createCatalogue,
  decodePublished,
  defineWebhook,
  newEvent,
  notification,
  originOf,
  sourceFor,
} from '../../../../src/contracts';
import { z } from 'zod';
import { shop } from '../../../../domains/shop';
import { paymentAuthorized, shipmentLost } from '../../../../domains/shop/events';
import { bytesOf } from '../../../support/fakes/messages';
import { gatewayUnderTest } from './gateway-under-test';

const isExternal = (contract: EventContract) => originOf(contract).kind === 'external';
const notExternal = shop.events.filter((contract) => !isExternal(contract));
const someContract = fc.constantFrom(...notExternal);
const someSource = fc.oneof(
  fc.constantFrom('/web-shop', '/providers/carrier', '/providers/payment-provider', '/sagaline/orders'),
  fc.webPath().filter((path) => path !== ''),
);
const eventOf = ({ type, example: data }: EventContract, source: string) => ({
  ...{ specversion: '1.0', id: 'forged', source, type },
  data,
});
const post = ({ app }: ReturnType<typeof gatewayUnderTest>, body: unknown, contentType: string) =>
  app.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': contentType },
    body: Buffer.from(bytesOf(body)),
  });
const SINGLE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

test('no event of the shop that is not external passes POST /events, under whatever source', async () => {
  expect(notExternal.length).toBeGreaterThan(20);
  const gateway = gatewayUnderTest();
  await fc.assert(
    fc.asyncProperty(someContract, someSource, async (contract, source) => {
      const response = await post(gateway, eventOf(contract, source), SINGLE);
      expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([
        403,
        'forbidden-origin',
      ]);
    }),
    { numRuns: 300 },
  );
  expect(gateway.published).toEqual([]);
});

test('nor in a batch, whose other events are stored', async () => {
  const gateway = gatewayUnderTest();
  const batch = shop.events.map((contract) => eventOf(contract, '/web-shop'));
  const response = await post(gateway, batch, BATCH);
  const { results } = response.json<{ results: { status: number; reason?: string }[] }>();
  expect(results.map(({ status }) => status)).toEqual(
    shop.events.map((contract) => (isExternal(contract) ? 202 : 403)),
  );
  expect(gateway.published).toHaveLength(shop.events.filter(isExternal).length);
});

test('an external event is not taken under a reserved source', async () => {
  const gateway = gatewayUnderTest();
  for (const contract of shop.events.filter(isExternal)) {
    for (const source of [
      '/gateway/orders',
      '/providers/carrier',
      '/sagaline/orders',
      '/providers%2Fcarrier',
    ]) {
      expect((await post(gateway, eventOf(contract, source), SINGLE)).statusCode).toBe(403);
    }
  }
  expect(gateway.published).toEqual([]);
});

test('every event of the shop is read from the stream under its own source, and under no other', () => {
  const catalogue = createCatalogue([shop]);
  const decoded = (contract: EventContract, source: string) => {
    const place = contract.type.split('.').slice(-3).join('.');
    const subject = `evt.${place}.${contract.key(contract.example)}`;
    return decodePublished({ subject, headers: {}, body: bytesOf(eventOf(contract, source)) }, catalogue);
  };
  for (const contract of shop.events)
    expect(decoded(contract, sourceFor(contract, '/web-shop'))).toMatchObject({ ok: true });
  const forged = notExternal.flatMap((contract) => {
    const own = sourceFor(contract, '').split('/').slice(0, 2).join('/');
    const others = ['/web-shop', '/providers/nobody', '/gateway/orders'];
    return [...others, own].map((source) => decoded(contract, source));
  });
  expect(forged.filter(({ ok }) => ok)).toEqual([]);
});

test('a webhook cannot publish an event of another provider; its other events are stored', async () => {
  const body = z.object({ type: z.string(), id: z.string() });
  const carrier = defineWebhook({
    provider: 'carrier',
    verify: () => ({ ok: true }),
    type: 'type',
    each: 'list',
    notifications: {
      lost: notification(body, ({ id }) => newEvent(shipmentLost, { id, data: shipmentLost.example })),
      paid: notification(body, ({ id }) =>
        newEvent(paymentAuthorized, { id, data: paymentAuthorized.example }),
      ),
    },
  });
  const webhooks = [...shop.webhooks.filter(({ provider }) => provider !== 'carrier'), carrier];
  const gateway = gatewayUnderTest({ catalogue: createCatalogue([{ ...shop, webhooks }]) });
  const list = [
    { type: 'paid', id: 'a' },
    { type: 'lost', id: 'b' },
  ];
  const response = await gateway.app.inject({ method: 'POST', url: '/webhooks/carrier', payload: { list } });
  expect([response.statusCode, response.json<{ reason: string }>().reason]).toEqual([
    403,
    'forbidden-origin',
  ]);
  expect(gateway.published).toMatchObject([{ id: 'b', source: '/providers/carrier' }]);
});
