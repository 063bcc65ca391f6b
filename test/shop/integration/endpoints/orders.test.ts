// POST /orders on real servers: what is answered, and that nothing is done twice, by whatever endpoint an order comes.
import type { FastifyInstance } from 'fastify';
import { newOrderId } from '../../../../demo/orders';
import {
  createFirstPublisher,
  createPublisher,
  createStreamReader,
  EVENTS_STREAM,
} from '../../../../src/adapters/nats';
import {
  createSubmit,
  createSingleAttemptClient,
  createWorkflows,
  findSaga,
} from '../../../../src/adapters/temporal';
import { createCatalogue, encodeEvent, newEvent } from '../../../../src/contracts';
import { shop as shopDomain } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import type { SubmittedOrder } from '../../../../domains/shop/events/orders';
import type { GatewayParts } from '../../../../src/gateway';
import { createGateway } from '../../../../src/gateway';
import type { TestBridge } from '../../../support/bridge';
import { deadLettersIn, startTestBridge } from '../../../support/bridge';
import { silentLog } from '../../../support/log';
import { inClear } from '../../../../src/security/personal';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { driveOrder } from '../../support/order/driver';
import type { ShopOnPostgres } from '../../support/shop-on-postgres';
import { startShopOnPostgres } from '../../support/shop-on-postgres';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

const SKU = 'TEA-GREEN-250';
const ANSWER_WITHIN_MS = 5_000;

let nats: TestNats;
let shop: ShopOnPostgres;
let bridge: TestBridge;
const gateways: FastifyInstance[] = [];

beforeAll(async () => {
  const nothing = { clock: () => new Date(), report: () => undefined, graceMs: 1, lookbackMs: 1 };
  [nats, shop] = await Promise.all([
    startTestNats(),
    startShopOnPostgres({ ...nothing, compensationWithinMs: 5_000 }),
  ]);
  bridge = await startBridge();
  await shop.database.query('insert into inventory.stock (sku, received, on_hand) values ($1, 1000, 1000)', [
    SKU,
  ]);
});
afterAll(async () => {
  await Promise.all(gateways.map((app) => app.close()));
  await bridge.stop();
  await Promise.all([nats.stop(), shop.stop()]);
});

const startBridge = () =>
  startTestBridge({
    url: nats.url,
    name: 'bridge',
    domain: shopDomain,
    workflows: createWorkflows(shop.client),
  });

async function gateway(parts: Partial<GatewayParts> = {}): Promise<FastifyInstance> {
  const jetstream = nats.connection.jetstream();
  const app = createGateway({
    catalogue: createCatalogue([shopDomain]),
    publish: createPublisher(jetstream),
    seal: inClear.seal,
    publishFirst: createFirstPublisher(jetstream, await createStreamReader(nats.connection, EVENTS_STREAM)),
    submit: createSubmit(shop.client, ANSWER_WITHIN_MS, {}),
    webhookSecrets: {},
    metrics: { accepted: () => undefined, refused: () => undefined, unknownFields: () => undefined },
    log: silentLog,
    clock: () => new Date(),
    ...parts,
  });
  gateways.push(app);
  return app;
}

const orderOf = (changes: Partial<SubmittedOrder> = {}): SubmittedOrder => ({
  ...orderSubmitted.example,
  orderId: newOrderId('endpoint'),
  ...changes,
});
async function post(app: FastifyInstance, order: SubmittedOrder) {
  const response = await app.inject({
    method: 'POST',
    url: '/orders',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}
/** The same order as an event of its own, by another endpoint. */
const publish = (order: SubmittedOrder, { id, source } = { id: 'an-event', source: '/shop' }) =>
  createPublisher(nats.connection.jetstream())(
    encodeEvent(newEvent(orderSubmitted, { id, data: order }), { source }),
  );

async function submissionsOf({ orderId }: SubmittedOrder): Promise<number> {
  const manager = await nats.connection.jetstreamManager();
  const { state } = await manager.streams.info(EVENTS_STREAM, {
    subjects_filter: `p.*.*.orders.submitted.v1.${orderId}`,
  });
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}
const paymentsOf = ({ orderId }: SubmittedOrder) =>
  shop.provider.payments().filter((payment) => payment.orderId === orderId).length;
/** Dead letters of the order: from its workflow they are in the outbox, for there is no relay; the bridge has none. */
async function deadLettersOf({ orderId }: SubmittedOrder): Promise<number> {
  const rows = await shop.database.query('select from sagaline.outbox where subject like $1', [
    `dlq.%.${orderId}`,
  ]);
  const deadLettered = await deadLettersIn(nats.connection);
  return rows.length + deadLettered.filter(({ subject }) => subject.endsWith(`.${orderId}`)).length;
}
const runsOf = async ({ orderId }: SubmittedOrder) =>
  until('the list has it', async () => {
    const { count } = await shop.client.workflow.count(`WorkflowId = 'order-${orderId}'`);
    return count > 0 && count;
  });
const handed = (events: number) => until('the bridge has them', () => bridge.settled.length >= events);

const drive = (orderId: string) =>
  driveOrder(shop.client, orderId, { payments: shop.provider, shipping: shop.carrier });

async function deliver({ orderId }: SubmittedOrder): Promise<string> {
  const order = drive(orderId);
  await until('the order is open', () => findSaga(shop.client, `order-${orderId}`));
  await order.untilState('awaiting-dispatch');
  await order.dispatched();
  await order.delivered();
  return (await order.result()).state;
}

test('accepted, and the same answer for every repeat, also when the order has ended', async () => {
  const app = await gateway();
  const order = orderOf();
  const before = bridge.settled.length;
  const first = await post(app, order);
  expect(first).toMatchObject({
    status: 201,
    body: {
      id: order.orderId,
      source: '/gateway/orders',
      workflowId: `order-${order.orderId}`,
      answer: 'accepted',
    },
  });
  expect(await post(app, order)).toEqual(first);
  await handed(before + 1);
  expect(await deliver(order)).toBe('completed');
  expect(await post(app, order)).toEqual(first);
  expect(await post(await gateway(), { ...order })).toEqual(first);
  expect([
    await submissionsOf(order),
    paymentsOf(order),
    await runsOf(order),
    await deadLettersOf(order),
  ]).toEqual([1, 1, 1, 0]);
});

test('refused with the reason of the process, and the same for every repeat', async () => {
  const app = await gateway();
  const order = orderOf({ lines: [{ sku: 'NOT-HERE', quantity: 1, unitPrice: 100 }] });
  const first = await post(app, order);
  expect(first).toMatchObject({
    status: 422,
    body: { reason: 'out-of-stock', detail: expect.stringContaining('NOT-HERE') },
  });
  expect((await drive(order.orderId).result()).state).toBe('rejected');
  expect(await post(app, order)).toEqual(first);
  expect([await submissionsOf(order), await runsOf(order)]).toEqual([1, 1]);
});

test('ten times at once, and as an event of the same identity: one effect', async () => {
  const app = await gateway();
  const order = orderOf();
  const before = bridge.settled.length;
  const same = { id: order.orderId, source: '/gateway/orders' };
  const [answers] = await Promise.all([
    Promise.all(Array.from({ length: 10 }, () => post(app, order))),
    publish(order, same),
    publish(order, same),
  ]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  await handed(before + 1);
  expect(await deliver(order)).toBe('completed');
  expect([
    await submissionsOf(order),
    paymentsOf(order),
    await runsOf(order),
    await deadLettersOf(order),
  ]).toEqual([1, 1, 1, 0]);
});

test('of several with one id and other content at once one is the order, the others hear 409 and leave nothing', async () => {
  const app = await gateway();
  const order = orderOf();
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((quantity) =>
      post(app, { ...order, lines: [{ sku: SKU, quantity, unitPrice: 100 }] }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  for (const { status, body } of answers) if (status === 409) expect(body['reason']).toBe('conflict');
  expect(await submissionsOf(order)).toBe(1);
  expect(await deliver(order)).toBe('completed');
  expect([paymentsOf(order), await deadLettersOf(order)]).toEqual([1, 0]);
});

test('an order that came as an event is known here: asked about again, and refused with other content', async () => {
  const app = await gateway();
  const order = orderOf();
  await publish(order);
  expect(await deliver(order)).toBe('completed');
  // No update has ever reached it: its history says what it would have answered.
  expect(await post(app, order)).toMatchObject({ status: 201, body: { id: 'an-event', source: '/shop' } });
  const other = await post(app, { ...order, email: 'somebody.else@example.com' });
  expect(other).toMatchObject({
    status: 409,
    body: { detail: `${order.orderId} was submitted before, with other content; use another key` },
  });
  expect([await submissionsOf(order), await runsOf(order), paymentsOf(order)]).toEqual([1, 1, 1]);
});

test('no bridge: the order is answered all the same, and what the bridge brings later is dropped', async () => {
  await bridge.stop();
  const app = await gateway();
  const order = orderOf();
  expect((await post(app, order)).status).toBe(201);
  bridge = await startBridge();
  await handed(1);
  expect(await deliver(order)).toBe('completed');
  expect([await submissionsOf(order), paymentsOf(order), await deadLettersOf(order)]).toEqual([1, 1, 0]);
});

test('no Temporal: 202, the order is safe, and the same request gets the answer later', async () => {
  const nowhere = createSingleAttemptClient({ address: '127.0.0.1:1', namespace: 'x' });
  const app = await gateway({ submit: createSubmit(nowhere, 1_000, {}) });
  const order = orderOf();
  expect(await post(app, order)).toMatchObject({ status: 202, body: { answer: 'pending' } });
  await nowhere.connection.close();
  expect((await post(await gateway(), order)).status).toBe(201);
  expect([await submissionsOf(order), paymentsOf(order)]).toEqual([1, 1]);
});

test('a payment that takes its time: 202 until it is decided', async () => {
  const app = await gateway({ submit: createSubmit(shop.client, 1_000, {}) });
  const order = orderOf({ paymentToken: 'tok_pending_then_authorized' });
  expect(await post(app, order)).toMatchObject({
    status: 202,
    body: { answer: 'pending', detail: expect.stringContaining('no answer in time') },
  });
  shop.provider.decide(order.orderId);
  await drive(order.orderId).authorized();
  expect((await post(await gateway(), order)).status).toBe(201);
  expect([await submissionsOf(order), paymentsOf(order)]).toEqual([1, 1]);
});

test('a notification that came before the order keeps its workflow waiting for it: it is answered', async () => {
  const order = orderOf({ paymentToken: 'tok_pending_then_authorized' });
  const driver = drive(order.orderId);
  await driver.authorized();
  await driver.untilState('awaiting-submission');
  expect((await post(await gateway(), order)).status).toBe(201);
  expect([await runsOf(order), paymentsOf(order)]).toEqual([1, 1]);
});

test('an order whose workflow was terminated is not done a second time', async () => {
  const app = await gateway();
  const [asked, unasked] = [orderOf(), orderOf()];
  const first = await post(app, asked);
  await publish(unasked, { id: 'another-event', source: '/shop' });
  await until('the order is open', () => findSaga(shop.client, `order-${unasked.orderId}`));
  for (const { orderId } of [asked, unasked]) {
    await drive(orderId).untilState('awaiting-dispatch');
    await shop.client.workflow.getHandle(`order-${orderId}`).terminate();
  }
  // What was answered stays answered; of an order that nobody has asked about all that is known is that somebody has it.
  expect(await post(app, asked)).toEqual(first);
  expect(await post(app, unasked)).toMatchObject({ status: 409, body: { reason: 'conflict' } });
  expect([paymentsOf(asked), paymentsOf(unasked)]).toEqual([1, 1]);
  expect((await findSaga(shop.client, `order-${unasked.orderId}`))?.saga.state).toBe('duplicate');
});
