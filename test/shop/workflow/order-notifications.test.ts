import { FAILURES, RefusalError, SUBMIT } from '../../../src/contracts';
import * as events from '../../../domains/shop/events';
import { EVENTS, REASONS, REFUSALS } from '../../../domains/shop/names';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';

const stage = setStage('notification');

const newOrder = () => stage.newOrder();
const stepsDone = () => stage.shop.calls.map(({ step }) => step);
const compensated = () => stage.shop.log.filter((step) => /^(void|release|cancel)/.test(step));
const deadLettered = () =>
  stage.shop.deadLetters.deadLettered.map(({ event, reason }) => [event.type, reason]);

describe('a payment that stays pending', () => {
  const later = { paymentToken: 'tok_pending_then_authorized' };

  test('holds the order until the provider has authorised it', async () => {
    const order = newOrder();
    await order.submit(later);
    await order.authorized();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(stepsDone().filter((step) => step === 'confirmPayment')).toHaveLength(1);
  });

  test('declined later: the order is rejected, the stock released, nothing is voided', async () => {
    const order = newOrder();
    await order.submit(later);
    await order.declined();
    expect((await order.result()).state).toBe('rejected');
    expect(compensated()).toEqual(['releaseStock']);
    expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REASONS.paymentMethodOverdue);
  });

  test('never decided: the order is rejected at the deadline, the payment voided first', async () => {
    const order = newOrder();
    await order.submit({ paymentToken: 'tok_pending_forever' });
    expect((await order.result()).state).toBe('rejected');
    expect(compensated()).toEqual(['voidPayment', 'releaseStock']);
    expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REASONS.authorizationOverdue);
  });

  test('decided after that: the notification is a dead letter, if it came before the end', async () => {
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
  test('is kept, and used when the order has come', async () => {
    const order = newOrder();
    await order.authorized();
    await order.untilState('awaiting-submission');
    expect(stepsDone()).not.toContain('openOrder');
    await order.submit({ paymentToken: 'tok_pending_then_authorized' });
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

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

  test('is not forgotten when somebody cancels the wait in the UI', async () => {
    const order = newOrder();
    await order.authorized();
    await order.untilState('awaiting-submission');
    await order.handle.cancel();
    await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
    expect(deadLettered()).toEqual([[EVENTS.paymentAuthorized, 'unmatched']]);
  });
});

describe('a cancellation by the customer', () => {
  test('before the dispatch compensates the order', async () => {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
    expect(compensated()).toEqual(['cancelShipment', 'voidPayment', 'releaseStock']);
    expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REASONS.cancelledByCustomer);
  });

  test('while stock is being reserved compensates what there is', async () => {
    const order = newOrder();
    const reserving = stage.shop.hold('reserveStock');
    await order.submit();
    await reserving.reached;
    await order.cancel();
    reserving.release();
    expect((await order.result()).state).toBe('cancelled');
    expect(compensated()).toEqual(['voidPayment', 'releaseStock']);
    expect(stepsDone()).not.toContain('createShipment');
  });

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

  test('of an order that is being compensated already is refused', async () => {
    const order = newOrder();
    stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not there'));
    const voiding = stage.shop.hold('voidPayment');
    await order.submit();
    await voiding.reached;
    await order.cancel();
    voiding.release();
    expect((await order.result()).state).toBe('compensated');
    expect(stage.shop.log).toContain('refuseCancellation');
  });
});

describe('a parcel that is on its way', () => {
  test('lost: the customer gets the money back', async () => {
    const order = newOrder();
    await order.submit();
    await order.dispatched();
    await order.lost();
    expect((await order.result()).state).toBe('refunded');
    const forward = ['capturePayment', 'shipStock', 'refundPayment', 'closeOrder', 'notifyCustomer'];
    expect(stage.shop.log.slice(-5)).toEqual(forward);
    expect(compensated()).toEqual([]);
  });

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

  test('whose dispatch was never told, but its delivery was, is paid at the deadline', async () => {
    const order = newOrder();
    await order.submit();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(compensated()).toEqual([]);
  });

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
