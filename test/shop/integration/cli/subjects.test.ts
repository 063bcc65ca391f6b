// A customer's data is erased: not while an order is open, and then nothing that is stored opens any more.
import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { encodeEvent, newEvent } from '../../../../src/contracts';
import { createPublisher } from '../../../../src/adapters/nats';
import type { PersonalData } from '../../../../src/security/personal';
import { ERASED, openPersonalData } from '../../../../src/security/personal';
import { newApiKey } from '../../../../src/security/tokens/api-keys';
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { keyLine, secretFile } from '../../../support/payload-keys';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { startShopWorkers } from '../../support/order/environment';

const keys = secretFile(keyLine('2026-11'));

let nats: TestNats;
let records: TestDatabase;
let space: Awaited<ReturnType<typeof createTestNamespace>>;
let connection: NativeConnection;
let workers: ShopWorkers;
let personal: PersonalData;
let cli: TestCli;

beforeAll(async () => {
  [space, nats, records] = await Promise.all([createTestNamespace(), startTestNats(), createTestDatabase()]);
  connection = await NativeConnection.connect({ address: space.address });
  workers = await startShopWorkers({ connection, namespace: space.namespace });
  personal = openPersonalData(keys, records.database, silentLog);
  cli = testCli(
    {
      ...serverSettings(nats.url),
      TEMPORAL_NAMESPACE: space.namespace,
      DATABASE_URL: records.url,
      PERSONAL_DATA_KEYS_FILE: keys,
    },
    [shop],
  );
});
afterAll(async () => {
  await workers.stop();
  await Promise.all([nats.stop(), records.end(), connection.close(), space.client.connection.close()]);
});

/** An open order of a customer, with its event in the stream, a dead letter and an effect. */
async function openOrder(customerId: string) {
  const driver = driveOrder(space.client, `erased-${randomUUID()}`, workers.shop);
  const { orderId } = driver;
  const data = await personal.seal(orderSubmitted, { ...orderSubmitted.example, orderId, customerId });
  const event = encodeEvent(newEvent(orderSubmitted, { id: orderId, data }), { source: '/test' });
  const jetstream = nats.connection.jetstream();
  await createPublisher(jetstream)(event);
  await jetstream.publish(`dlq.late.orders.${orderId}`, event.body);
  await records.database.query(`insert into sagaline.effects (key, state, request) values ($1, 'done', $2)`, [
    `${orderId}:createShipment:0`,
    JSON.stringify({ recipient: data.shippingAddress }),
  ]);
  await driver.submit(data, 'submitted');
  await driver.untilState('awaiting-dispatch');
  return { ...driver, data };
}

test('an erasure waits for open orders, then destroys the key and proves it', async () => {
  const customer = `customer-${randomUUID()}`;
  const order = await openOrder(customer);
  const other = await openOrder(`customer-${randomUUID()}`);
  const erase = ['subjects', 'erase', customer, '--why', 'their request', '--no-wait'];

  expect((await cli('subjects', 'show', customer)).out).toContain('its data is readable');
  const refused = await cli(...erase, '-o', 'json');
  expect(refused.code).toBe(1);
  expect(refused.problem()).toMatchObject({ code: 'open-processes', open: [`order-${order.orderId}`] });
  expect(await personal.open(order.data.email)).toBe(orderSubmitted.example.email);

  await order.cancel();
  await order.result();
  const erased = await cli(...erase, '-o', 'json');
  expect(erased).toMatchObject({ code: 0, error: '' });
  const { proofs } = erased.json() as { proofs: { place: string; values: number; readable: number }[] };
  expect(proofs.map(({ place, readable }) => [place, readable])).toEqual([
    ['effects', 0],
    ['events', 0],
    ['dead letters', 0],
    ['histories', 0],
  ]);
  expect(proofs.every(({ values }) => values > 0)).toBe(true);

  // Another process, or this one a minute later.
  const later = openPersonalData(keys, records.database, silentLog);
  await expect(later.open(order.data.email)).rejects.toMatchObject({ type: ERASED });
  expect(await later.open(other.data.email)).toBe(orderSubmitted.example.email);
  const shown = await cli('subjects', 'show', customer);
  expect(shown.out).toContain('its data was erased');
  expect(shown.out).toContain('by tester');
  // What is left is listed and traced as before.
  expect(await cli('dead-letters', 'list')).toMatchObject({ code: 0, error: '' });
  expect(await cli('trace', order.orderId)).toMatchObject({ code: 0, error: '' });
  await other.cancel();
});

test('a repeat proves it again, and a new order of the customer gets a new key', async () => {
  const customer = `customer-${randomUUID()}`;
  const order = await openOrder(customer);
  await order.cancel();
  await order.result();
  const erase = ['subjects', 'erase', customer, '--why', 'their request', '--no-wait'];
  expect((await cli(...erase)).code).toBe(0);
  const again = await cli(...erase);
  expect(again.code).toBe(0);
  expect(again.out).toMatch(/0 data keys were destroyed[^]*histories: [1-9]\d* values, 0 readable/);
  const next = await personal.seal(orderSubmitted, { ...orderSubmitted.example, customerId: customer });
  expect(next.email).not.toBe(order.data.email);
  expect(await personal.open(next.email)).toBe(orderSubmitted.example.email);
});

test('nobody is erased whose data is not encrypted, and nothing without keys', async () => {
  const erase = ['subjects', 'erase', 'nobody', '--why', 'a typing error', '-o', 'json'];
  expect((await cli(...erase)).problem()).toMatchObject({ code: 'unknown-subject' });
  const withoutKeys = testCli({ ...serverSettings(nats.url), DATABASE_URL: records.url }, [shop]);
  expect((await withoutKeys(...erase)).problem()).toMatchObject({ code: 'no-keys' });
});

test('a refused erasure is on record, and who may not erase learns nothing of a subject', async () => {
  const customer = `customer-${randomUUID()}`;
  const order = await openOrder(customer);
  const onRecord = () =>
    records.database.query<{ kind: string; target: string; details: string }>(
      `select kind, target, details from sagaline.audit where action = 'subjects.erase' order by sequence desc limit 2`,
    );
  const erase = ['subjects', 'erase', customer, '--why', 'their request', '--no-wait', '-o', 'json'];
  await cli(...erase);
  const [outcome, change] = await onRecord();
  expect([change?.kind, outcome?.kind, JSON.parse(outcome?.details ?? '') as unknown]).toEqual([
    'change',
    'outcome',
    { outcome: 'refused', code: 'open-processes' },
  ]);
  expect(outcome?.target).not.toContain(customer);

  const { key, entry } = newApiKey({ id: 'reader', principal: 'reader', scopes: ['read'] });
  const file = secretFile(JSON.stringify([entry]));
  const settings = { ...serverSettings(nats.url), TEMPORAL_NAMESPACE: space.namespace };
  const closed = {
    ...{ ...settings, DATABASE_URL: records.url, PERSONAL_DATA_KEYS_FILE: keys, API_KEYS_FILE: file },
  };
  const reader = testCli({ ...closed, SAGALINE_TOKEN: key }, [shop]);
  const answers = await Promise.all(
    [customer, 'nobody'].map((each) => reader('subjects', 'erase', each, ...erase.slice(3))),
  );
  expect(answers[0]?.problem()).toEqual(answers[1]?.problem());
  expect(answers[0]?.problem()).toMatchObject({ code: 'forbidden-scope' });

  const stranger = testCli(closed, [shop]);
  expect((await stranger('subjects', 'show', customer, '-o', 'json')).code).toBe(1);
  expect((await reader('subjects', 'show', customer)).code).toBe(0);
  await order.cancel();
});
