// Webhooks on their whole way: HTTP endpoint, JetStream, bridge, the order's workflow. What each case is answered with and
// what becomes of it is the table of docs/webhooks.md; reading and signatures as such are in test/shop/unit/gateway.
import type { FastifyInstance } from 'fastify';
import { createPublisher } from '../../../src/adapters/nats';
import { createCatalogue, encodeEvent, FAILURES, newEvent } from '../../../src/contracts';
import { shop } from '../../../domains/shop';
import { orderSubmitted } from '../../../domains/shop/events';
import { EVENTS } from '../../../domains/shop/names';
import { createGateway } from '../../../src/gateway';
import { inClear } from '../../../src/security/personal';
import type { TestBridge } from '../../support/bridge';
import { deadLetterFor, deadLettersIn, startTestBridge } from '../../support/bridge';
import { silentLog } from '../../support/log';
import type { TestNats } from '../../support/nats';
import { startTestNats } from '../../support/nats';
import type { OrderDriver } from '../support/order/driver';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';
import { parcelNotification, paymentNotification, signed, unixNow } from '../../support/webhooks';

const stage = setStage('webhook');
const SECRET = 'the secret';
const OLD_SECRET = 'the old secret';
const PENDING = 'tok_pending_then_authorized';
const accepted = { outcome: 'accepted' };

let nats: TestNats;
let bridge: TestBridge;
let endpoint: FastifyInstance;
/** The endpoint after the old secret has been taken out of the configuration. */
let laterEndpoint: FastifyInstance;

beforeAll(async () => {
  nats = await startTestNats();
  bridge = await startTestBridge({
    url: nats.url,
    name: 'webhooks',
    domain: shop,
    temporalAddress: stage.env.address,
  });
  endpoint = gatewayWith([SECRET, OLD_SECRET]);
  laterEndpoint = gatewayWith([SECRET]);
});
afterAll(async () => {
  await bridge.stop();
  await nats.stop();
});
/** Each test counts its own. */
beforeEach(() => void bridge.settled.splice(0));

function gatewayWith(secrets: readonly string[]): FastifyInstance {
  return createGateway({
    catalogue: createCatalogue([shop]),
    publish: createPublisher(nats.connection.jetstream()),
    seal: inClear.seal,
    // Nobody knocks at the endpoints that answer.
    publishFirst: () => Promise.reject(new Error('not here')),
    submit: () => Promise.reject(new Error('not here')),
    webhookSecrets: { 'payment-provider': secrets, carrier: secrets },
    metrics: { accepted: () => undefined, refused: () => undefined, unknownFields: () => undefined },
    log: silentLog,
    clock: () => new Date(),
  });
}

interface Receipt {
  readonly subject: string;
  readonly sequence: number;
  readonly duplicate: boolean;
}

async function send(
  provider: 'payment-provider' | 'carrier',
  body: string,
  { signature = signed(body, SECRET), at = endpoint } = {},
) {
  const response = await at.inject({
    method: 'POST',
    url: `/webhooks/${provider}`,
    headers: { 'content-type': 'application/json', 'webhook-signature': signature },
    body,
  });
  return { status: response.statusCode, answer: response.json<Receipt & { reason?: string }>() };
}

/** Takes until the bridge has settled the event: from then on the workflow has it, and its time may be skipped. */
async function tell(
  provider: 'payment-provider' | 'carrier',
  body: string,
  signature = signed(body, SECRET),
) {
  const before = bridge.settled.length;
  const { status, answer } = await send(provider, body, { signature });
  expect(status).toBe(202);
  if (!answer.duplicate) await settled(before + 1);
  return answer;
}
/** What has become of the order's parcel, and the carrier's words for it. */
function notificationsOf(
  orderId: string,
  event: `shipment.${'dispatched' | 'delivered' | 'lost'}`,
  id?: string,
): string {
  const { shipping } = stage.shop;
  const shipmentId = shipping.latestOf(orderId);
  shipping.happens(shipmentId, event.slice('shipment.'.length) as 'dispatched');
  return parcelNotification(orderId, shipmentId, event, id);
}
const parcel = (...of: Parameters<typeof notificationsOf>) => tell('carrier', notificationsOf(...of));
function payment(
  orderId: string,
  type: `payment.${'authorized' | 'declined'}`,
  more: { id?: string; mode?: string } = {},
) {
  const { payments } = stage.shop;
  const paymentId = payments.latestOf(orderId);
  payments.happens(paymentId, type.slice('payment.'.length) as 'authorized');
  return tell('payment-provider', paymentNotification(orderId, paymentId, type, more));
}

/** An order under way whose parcel the carrier has. */
async function bookedOrder(): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  return order;
}

/** The web shop submits the order, by the other endpoint. */
async function submit(orderId: string, paymentToken: string): Promise<void> {
  const data = { ...orderSubmitted.example, orderId, paymentToken };
  const event = encodeEvent(newEvent(orderSubmitted, { id: orderId, data }), { source: '/test' });
  const response = await endpoint.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: Buffer.from(event.body),
  });
  expect(response.statusCode).toBe(202);
}

const eventsStored = async () =>
  (await (await nats.connection.jetstreamManager()).streams.info('EVENTS')).state.messages;
const settled = (count: number) =>
  until(`${count} events settled`, () => bridge.settled.length >= count && bridge.settled);
const done = (step: string) => stage.shop.calls.filter((call) => call.step === step);
const deadLetteredByTheOrder = () =>
  stage.shop.deadLetters.deadLettered.map(({ event, reason }) => [event.type, reason]);
const deadLettersOf = async (orderId: string) =>
  (await deadLettersIn(nats.connection)).filter(({ subject }) => subject.endsWith(`.${orderId}`));

describe('a webhook that is repeated', () => {
  test('under its id, signed anew: is stored once, and the order hears it once', async () => {
    const order = await bookedOrder();
    const body = notificationsOf(order.orderId, 'shipment.dispatched');
    const first = await tell('carrier', body);
    const second = await tell('carrier', body, signed(body, SECRET, unixNow() + 60));
    expect(second).toMatchObject({ sequence: first.sequence, duplicate: true });

    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
    expect(bridge.settled).toEqual([accepted, accepted]);
    expect(deadLetteredByTheOrder()).toEqual([]);
  });

  test('after JetStream has forgotten its id: reaches the order again, which drops it', async () => {
    const order = await bookedOrder();
    const body = notificationsOf(order.orderId, 'shipment.dispatched');
    const { subject, sequence } = await tell('carrier', body);
    const manager = await nats.connection.jetstreamManager();
    const stored = await manager.streams.getMessage('EVENTS', { seq: sequence });
    // Without a message id: as the same event is stored beyond the duplicate window.
    const again = () => nats.connection.jetstream().publish(subject, stored.data);
    await again();
    await settled(2);
    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
    await again();
    expect(await settled(4)).toEqual([accepted, accepted, accepted, { outcome: 'repeated' }]);
    expect(deadLetteredByTheOrder()).toEqual([]);
    expect(await deadLettersOf(order.orderId)).toEqual([]);
  });

  test('under another id: changes nothing, and is a dead letter', async () => {
    const order = await bookedOrder();
    await parcel(order.orderId, 'shipment.dispatched', `one-${order.orderId}`);
    await order.untilState('awaiting-delivery');
    await parcel(order.orderId, 'shipment.dispatched', `two-${order.orderId}`);
    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
    expect(done('capturePayment')).toHaveLength(1);
    expect(deadLetteredByTheOrder()).toEqual([[EVENTS.shipmentDispatched, 'late']]);
  });
});

describe('a webhook that is out of order', () => {
  test('the delivery before the dispatch: waits for it, and the order completes', async () => {
    const order = await bookedOrder();
    await parcel(order.orderId, 'shipment.delivered');
    expect(await order.state()).toBe('awaiting-dispatch');
    await parcel(order.orderId, 'shipment.dispatched');
    expect((await order.result()).state).toBe('completed');
    expect(deadLetteredByTheOrder()).toEqual([]);
  });

  test('the payment’s decision before the order: waits for it, and is used', async () => {
    const order = stage.newOrder();
    await payment(order.orderId, 'payment.authorized');
    await order.untilState('awaiting-submission');
    await submit(order.orderId, PENDING);
    await order.untilState('awaiting-dispatch');
    expect(done('confirmPayment')).toHaveLength(1);
    await parcel(order.orderId, 'shipment.dispatched');
    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
  });

  test('after the end of its order: a dead letter, late', async () => {
    const order = await bookedOrder();
    await parcel(order.orderId, 'shipment.dispatched');
    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
    await parcel(order.orderId, 'shipment.lost');
    expect(await deadLetterFor(nats.connection, order.orderId)).toMatchObject({ reason: 'late' });
    expect(done('refundPayment')).toEqual([]);
  });
});

describe('a webhook for an order that nobody has submitted', () => {
  test('of a parcel: a dead letter at once, unmatched', async () => {
    const { orderId, handle } = stage.newOrder();
    await parcel(orderId, 'shipment.delivered');
    expect(await deadLetterFor(nats.connection, orderId)).toMatchObject({
      reason: 'unmatched',
      route: 'shipment-delivered',
    });
    await expect(handle.describe()).rejects.toThrow();
  });

  test('of a payment: waits until the deadline for the order, and is a dead letter then', async () => {
    const order = stage.newOrder();
    await payment(order.orderId, 'payment.declined');
    await order.untilState('awaiting-submission');
    // Time is skipped to the deadline, once it has been set.
    await until('the deadline', async () =>
      (await order.handle.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes),
    );
    expect(deadLetteredByTheOrder()).toEqual([]);
    await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
    expect(deadLetteredByTheOrder()).toEqual([[EVENTS.paymentDeclined, 'unmatched']]);
    expect(done('openOrder')).toEqual([]);
  });

  test('of a payment, told already in the answer of a call: is acknowledged and opens nothing', async () => {
    const { orderId, handle } = stage.newOrder();
    await payment(orderId, 'payment.authorized', { mode: 'synchronous' });
    expect(bridge.settled).toEqual([{ outcome: 'unrouted' }]);
    await expect(handle.describe()).rejects.toThrow();
    expect(await deadLettersOf(orderId)).toEqual([]);
  });
});

describe('a webhook that is signed with the old secret', () => {
  test('while both are configured: is taken', async () => {
    const order = await bookedOrder();
    const dispatched = notificationsOf(order.orderId, 'shipment.dispatched');
    await tell('carrier', dispatched, signed(dispatched, OLD_SECRET));
    await order.untilState('awaiting-delivery');
    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
  });

  test('when it has been taken out: is refused and stored nowhere; signed with the new one it is taken', async () => {
    const order = await bookedOrder();
    const before = await eventsStored();
    const dispatched = notificationsOf(order.orderId, 'shipment.dispatched');
    const refused = await send('carrier', dispatched, {
      signature: signed(dispatched, OLD_SECRET),
      at: laterEndpoint,
    });
    expect(refused).toMatchObject({ status: 401, answer: { reason: 'invalid-signature' } });
    expect(await eventsStored()).toBe(before);

    expect((await send('carrier', dispatched, { at: laterEndpoint })).status).toBe(202);
    await order.untilState('awaiting-delivery');
    await parcel(order.orderId, 'shipment.delivered');
    expect((await order.result()).state).toBe('completed');
  });
});

describe('a webhook that is not what its provider has sent now', () => {
  test.each([
    ['recorded earlier', (body: string) => [body, signed(body, SECRET, unixNow() - 6 * 60)], /too old/],
    ['altered', (body: string) => [body.replace('"shp_1', '"shp_2'), signed(body, SECRET)], /does not match/],
  ] as const)('but %s: is refused and stored nowhere', async (_, forge, detail) => {
    const before = await eventsStored();
    const [body = '', signature = ''] = forge(parcelNotification('nobody', 'shp_1', 'shipment.lost'));
    const { status, answer } = await send('carrier', body, { signature });
    expect([status, answer]).toEqual([
      401,
      expect.objectContaining({ reason: 'invalid-signature', detail: expect.stringMatching(detail) }),
    ]);
    expect(await eventsStored()).toBe(before);
  });
});
