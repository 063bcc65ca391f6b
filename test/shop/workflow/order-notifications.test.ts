import { FAILURES, SUBMIT } from '../../../src/contracts';
import * as events from '../../../domains/shop/events';
import { EVENTS } from '../../../domains/shop/names';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { compensationsIn } from '../support/order/compensations';

const stage = setStage('notification');

const newOrder = () => stage.newOrder();
const stepsDone = () => stage.shop.calls.map(({ step }) => step);
const compensated = () => compensationsIn(stage.shop.log);
const deadLettered = () =>
  stage.shop.deadLetters.deadLettered.map(({ event, reason }) => [event.type, reason]);

describe('a payment that is not decided in time', () => {
  test('and is decided while the order is compensated: the notification is a dead letter', async () => {
    const order = newOrder();
    const releasing = stage.shop.hold('releaseStock');
    await order.submit({ paymentToken: 'tok_pending_forever' });
    await order.untilState('placing');
    await stage.env.sleep(DEADLINES.authorizationWithinMs + 1_000);
    await releasing.reached;
    await order.authorized('authorized', `pay_${order.orderId}_1`);
    releasing.release();
    expect((await order.result()).state).toBe('rejected');
    expect(deadLettered()).toEqual([[EVENTS.paymentAuthorized, 'late']]);
  });
});

describe('notifications before the order itself', () => {
  test('without an order by the deadline: a dead letter, a failed workflow, and the order can still come', async () => {
    const order = newOrder();
    await order.authorized();
    await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
    expect(deadLettered()).toEqual([[EVENTS.paymentAuthorized, 'unmatched']]);
    await order.submit();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });
});

describe('a cancellation by the customer', () => {
  test('while the payment is pending', async () => {
    const order = newOrder();
    await order.submit({ paymentToken: 'tok_pending_forever' });
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
    expect(compensated()).toEqual(['voidPayment', 'releaseStock']);
  });

  test('after the dispatch is refused, each request once, and the order completes', async () => {
    const order = newOrder();
    await order.submit();
    await order.dispatched();
    await order.untilState('awaiting-delivery');
    await order.cancel('first');
    await order.cancel('first');
    await order.cancel('second');
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(stage.shop.log.filter((step) => step === 'refuseCancellation')).toHaveLength(2);
    expect(compensated()).toEqual([]);
  });
});

describe('a parcel that is on its way', () => {
  test.each(['delivered', 'lost'] as const)(
    'without notifications: the carrier is asked, and says "%s"',
    async (status) => {
      stage.shop.shipping.answerTracking(status);
      const order = newOrder();
      await order.submit();
      await order.dispatched();
      expect((await order.result()).state).toBe(status === 'lost' ? 'refunded' : 'completed');
      // About the notification of the dispatch, and when the deadline has passed.
      expect(stepsDone().filter((step) => step === 'trackShipment')).toHaveLength(2);
    },
  );

  test('told of twice under two ids: the second is a dead letter', async () => {
    const order = newOrder();
    await order.submit();
    await order.dispatched('one');
    await order.untilState('awaiting-delivery');
    await order.dispatched('two');
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(deadLettered()).toEqual([[EVENTS.shipmentDispatched, 'late']]);
  });
});

describe('a signal by hand that is no event of this order changes nothing', () => {
  const cancellation = (orderId: string, data: object) => ({
    id: 'by-hand',
    source: '/by-hand',
    type: EVENTS.cancellationRequested,
    key: orderId,
    data,
  });

  test.each<[string, (orderId: string) => object]>([
    [
      'under the key of another order',
      (own) => ({ ...cancellation(own, { orderId: own, detail: 'Too dear.' }), key: 'another' }),
    ],
    ['of another order', () => cancellation('another', { orderId: 'another', detail: 'Too dear.' })],
    [
      'with the data of another order',
      (own) => cancellation(own, { orderId: 'another', detail: 'Too dear.' }),
    ],
    ['with data of another shape', (own) => cancellation(own, { orderId: own, detail: 5 })],
    ['of another order and of another shape', (own) => cancellation(own, { orderId: 'another', detail: 5 })],
    ['without a field', (own) => cancellation(own, { orderId: own })],
    [
      'without a source',
      (own) => ({ ...cancellation(own, { orderId: own, detail: '' }), source: undefined }),
    ],
    ['with a list for data', (own) => cancellation(own, [own])],
  ])('%s', async (_, byHand) => {
    const order = newOrder();
    await order.submit();
    await order.handle.signal(EVENTS.cancellationRequested, byHand(order.orderId));
    await order.dispatched();
    await order.delivered();
    const { state, seen } = await order.result();
    expect(state).toBe('completed');
    expect(seen).toHaveLength(3);
    expect(deadLettered()).toEqual([]);
  });

  test('also where it comes through the endpoint', async () => {
    const order = newOrder();
    await order.submit();
    const another = { ...events.orderSubmitted.example, orderId: 'another' };
    const byHand = {
      id: 'by-hand',
      source: '/by-hand',
      type: EVENTS.orderSubmitted,
      key: 'another',
      data: another,
    };
    await expect(order.handle.executeUpdate(SUBMIT, { args: [byHand] })).rejects.toThrow();
    await expect(
      order.handle.executeUpdate(SUBMIT, { args: [{ ...byHand, key: order.orderId }] }),
    ).rejects.toThrow();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).seen).toHaveLength(3);
  });

  test('an event that this version does not know is no loss: it becomes a dead letter', async () => {
    const order = newOrder();
    await order.submit();
    const newer = {
      ...cancellation(order.orderId, {}),
      type: 'dev.sagaline.shop.orders.from-a-newer-bridge.v1',
    };
    await order.handle.signal(newer.type, newer);
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(deadLettered()).toEqual([[newer.type, 'late']]);
  });
});

test('a signal that is no event changes nothing', async () => {
  const order = newOrder();
  await order.submit();
  await order.handle.signal('by-hand');
  await order.handle.signal('by-hand', 'just a text');
  await order.handle.signal('by-hand', null);
  await order.dispatched();
  await order.delivered();
  const { state, seen } = await order.result();
  expect(state).toBe('completed');
  expect(seen).toHaveLength(3);
});
