import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { POSTAL_CODES } from '../../../../domains/shop/sandbox/shipments/postal-codes';
import { SHIPMENTS, shipmentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
afterAll(() => sandbox.stop());

let calls = 0;
const newKey = () => `key-${++calls}`;
const ship = (postalCode: string, key = newKey()) =>
  sandbox.post(SHIPMENTS, { key, body: shipmentBody(postalCode) });
const cancel = (id: string) => sandbox.post(`${SHIPMENTS}/${id}/cancel`, { key: newKey() });
const find = async (key: string) => (await sandbox.get(`${SHIPMENTS}?idempotency_key=${key}`)).body.data;
const statusOf = async (id: string) => (await sandbox.get(`${SHIPMENTS}/${id}`)).body.status;
const notificationsSoFar = (id: string) =>
  sandbox.receiver.received.filter(({ rawBody }) => rawBody.includes(id));
const notificationsOf = async (id: string, count: number) => {
  await sandbox.receiver.waitFor(count, ({ rawBody }) => rawBody.includes(id));
  // Long enough for one more, if it came.
  await sleep(100);
  return notificationsSoFar(id).map(({ body }) => body['event']);
};

test('an ordinary shipment is booked, dispatched and delivered', async () => {
  const { status, body } = await ship('28195');
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^shp_/),
    object: 'shipment',
    status: 'booked',
    tracking_number: expect.any(String),
    ...shipmentBody('28195'),
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(await notificationsOf(body.id, 2)).toEqual(['shipment.dispatched', 'shipment.delivered']);
  expect(notificationsSoFar(body.id)[0]?.path).toBe('/webhooks/carrier');
  expect(notificationsSoFar(body.id)[0]?.body).toEqual({
    notification_id: expect.stringMatching(/^ntf_/),
    event: 'shipment.dispatched',
    occurred_at: expect.stringMatching(/^\d{4}-.*Z$/),
    shipment: {
      id: body.id,
      reference: 'order-1',
      tracking_number: body['tracking_number'],
      status: 'dispatched',
    },
  });
  const tracking = (await sandbox.get(`${SHIPMENTS}/${body.id}/tracking`)).body;
  expect(tracking).toMatchObject({
    status: 'delivered',
    history: [{ status: 'booked' }, { status: 'dispatched' }, { status: 'delivered' }],
  });
});

test('00000 is refused, and nothing is booked', async () => {
  const key = newKey();
  const { status, body } = await ship('00000', key);
  expect(status).toBe(422);
  expect(body.error).toMatchObject({ type: 'shipment_refused', code: 'address_not_served' });
  expect(await find(key)).toEqual([]);
});

test.each([
  ['00001', 'booked', []],
  ['00002', 'dispatched', ['shipment.dispatched']],
  ['00003', 'lost', ['shipment.dispatched', 'shipment.lost']],
])('%s ends %s', async (postalCode, end, notification) => {
  const { body } = await ship(postalCode);
  await sleep(100);
  expect(await notificationsOf(body.id, notification.length)).toEqual(notification);
  expect(await statusOf(body.id)).toBe(end);
});

test('a shipment can be cancelled until it is dispatched', async () => {
  const early = (await ship('28195')).body.id;
  expect(await cancel(early)).toMatchObject({ status: 200, body: { status: 'canceled' } });
  expect(await notificationsOf(early, 1)).toEqual(['shipment.canceled']);
  expect(await statusOf(early)).toBe('canceled');

  const late = (await ship('00002')).body.id;
  await notificationsOf(late, 1);
  const refused = await cancel(late);
  expect([refused.status, refused.body.error.code]).toEqual([409, 'shipment_dispatched']);
});

test('00004 cannot be cancelled until it is healed', async () => {
  const { body } = await ship('00004');
  expect((await cancel(body.id)).status).toBe(500);
  await sleep(100);
  expect((await cancel(body.id)).status).toBe(500);
  await sandbox.post('/sandbox/heal');
  expect((await cancel(body.id)).status).toBe(200);
});

test('00005 is 503 twice, then booked', async () => {
  const key = newKey();
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await ship('00005', key)).status);
  expect(statuses).toEqual([503, 503, 201]);
});

test('00006 is booked, its first answer lost', async () => {
  const key = newKey();
  await expect(ship('00006', key)).rejects.toThrow('fetch failed');
  const found = await find(key);
  expect(found).toHaveLength(1);
  expect(await ship('00006', key)).toMatchObject({
    status: 201,
    replayed: true,
    body: { id: found[0]?.['id'] },
  });
});

test('00007 tells of the delivery first, then of the dispatch, twice with one id', async () => {
  const { body } = await ship('00007');
  expect(await notificationsOf(body.id, 3)).toEqual([
    'shipment.delivered',
    'shipment.dispatched',
    'shipment.dispatched',
  ]);
  const [delivered, dispatched, again] = notificationsSoFar(body.id).map((webhook) => webhook.body);
  expect(dispatched).toEqual(again);
  expect(dispatched?.['shipment']).toMatchObject({ status: 'dispatched' });
  expect(String(dispatched?.['occurred_at']) < String(delivered?.['occurred_at'])).toBe(true);
});

test('00008 has a tracking number with U+0000', async () => {
  const { status, body } = await ship('00008');
  expect([status, String(body['tracking_number']).slice(-1)]).toEqual([201, '\u0000']);
});

test('00009 has webhooks with an offset that no place has', async () => {
  const { body } = await ship('00009');
  await notificationsOf(body.id, 2);
  expect(notificationsSoFar(body.id)[0]?.body['occurred_at']).toMatch(/^\d{4}-.*\+16:00$/);
});

test('00010 has webhooks that are compressed, and signed as they are before', async () => {
  const { body } = await ship('00010');
  expect(await notificationsOf(body.id, 2)).toEqual(['shipment.dispatched', 'shipment.delivered']);
  expect(notificationsSoFar(body.id)[0]?.headers['content-encoding']).toBe('gzip');
});

test('a recipient may have a second line, a region, a phone number, and no postal code', async () => {
  const place = { street2: 'Floor 3', region: 'Dubai', phone: '+971 4 000 0000', country: 'AE' };
  const body = shipmentBody('', { ...place, postal_code: undefined });
  const { status, body: shipment } = await sandbox.post(SHIPMENTS, { key: newKey(), body });
  expect([status, shipment['recipient']]).toEqual([201, JSON.parse(JSON.stringify(body['recipient']))]);
  expect(await notificationsOf(shipment.id, 2)).toEqual(['shipment.dispatched', 'shipment.delivered']);
});

test('the README tells of each postal code', async () => {
  const readme = await readFile('domains/shop/sandbox/README.md', 'utf8');
  for (const code of Object.keys(POSTAL_CODES)) expect(readme).toContain(`\`${code}\``);
});

test('a wrong field is refused and named with its path; so is a strange API key', async () => {
  const body = shipmentBody('28195');
  const wrong = { ...body, recipient: { ...(body['recipient'] as object), country: 'Germany' } };
  const { status, body: answer } = await sandbox.post(SHIPMENTS, { key: newKey(), body: wrong });
  expect([status, answer.error.param]).toEqual([400, 'recipient.country']);
  const nothing = await sandbox.post(SHIPMENTS, {
    key: newKey(),
    body: { ...body, parcels: [{ sku: 'mug' }] },
  });
  expect(nothing.body.error.param).toBe('parcels.0.quantity');
  expect((await sandbox.post(SHIPMENTS, { key: newKey(), body, apiKey: 'sk_payments' })).status).toBe(401);
  expect((await sandbox.get(`${SHIPMENTS}/shp_none/tracking`)).status).toBe(404);
});
