// An event is never proof, and belongs to one payment or one parcel: cases 3 and 4, and the kinds that they stand for.
import { EVENTS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('forged');

const PENDING = { paymentToken: 'tok_pending_forever' };
const done = (step: string) => stage.shop.calls.filter((call) => call.step === step);
const deadLetters = () =>
  stage.shop.deadLetters.deadLettered.map(({ event, reason, detail }) => ({
    type: event.type,
    reason,
    detail,
  }));
const deadLetter = (type: string, reason: string, detail: RegExp) => ({
  type,
  reason,
  detail: expect.stringMatching(detail) as string,
});

async function goesOn(order: OrderDriver): Promise<void> {
  await order.untilState('awaiting-dispatch');
  await order.dispatched('real-dispatch');
  await order.delivered('real-delivery');
  expect((await order.result()).state).toBe('completed');
  expect(done('capturePayment')).toHaveLength(1);
  expect(done('refundPayment')).toEqual([]);
}

async function pendingOrder(): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit(PENDING);
  await until('the payment is pending', () => stage.shop.payments.paymentsOf(order.orderId).length === 1);
  return order;
}

async function bookedOrder(): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  return order;
}

describe('a forged event, with the right ids', () => {
  test.each(['authorized', 'declined'] as const)('payments.%s of a pending payment', async (notification) => {
    const order = await pendingOrder();
    await order.forged[notification]();
    await until('a dead letter', () => deadLetters().length === 1);
    const type = notification === 'authorized' ? EVENTS.paymentAuthorized : EVENTS.paymentDeclined;
    expect(deadLetters()).toEqual([
      deadLetter(type, 'unconfirmed', /the payment provider says that pay_\S+ is pending/),
    ]);
    expect(await order.state()).toBe('placing');
    expect(done('confirmOrder')).toEqual([]);
    await order.authorized('real');
    await goesOn(order);
  });

  test.each(['dispatched', 'delivered', 'lost'] as const)(
    'shipment-%s of a booked parcel',
    async (notification) => {
      const order = await bookedOrder();
      await order.forged[notification]();
      if (notification === 'dispatched') {
        await until('a dead letter', () => deadLetters().length === 1);
        expect(await order.state()).toBe('awaiting-dispatch');
        expect(done('capturePayment')).toEqual([]);
      }
      await goesOn(order);
      if (notification === 'delivered') return;
      const type = notification === 'dispatched' ? EVENTS.shipmentDispatched : EVENTS.shipmentLost;
      expect(deadLetters()).toEqual([
        deadLetter(type, 'unconfirmed', /the carrier says that shp_\S+ is \w+/),
      ]);
    },
  );

  test.each(['delivered', 'lost'] as const)(
    'shipment-%s of a parcel that is on its way',
    async (notification) => {
      const order = await bookedOrder();
      await order.dispatched();
      await order.untilState('awaiting-delivery');
      await order.forged[notification]();
      await until('a dead letter', () => deadLetters().length === 1);
      const type = notification === 'delivered' ? EVENTS.shipmentDelivered : EVENTS.shipmentLost;
      expect(deadLetters()).toEqual([deadLetter(type, 'unconfirmed', /is dispatched/)]);
      expect(await order.state()).toBe('awaiting-delivery');
      await order.delivered('real');
      expect((await order.result()).state).toBe('completed');
      expect(done('refundPayment')).toEqual([]);
    },
  );

  test('a decline where the provider has authorised it: the provider is believed', async () => {
    const order = await pendingOrder();
    stage.shop.payments.happens(stage.shop.payments.latestOf(order.orderId), 'authorized');
    await order.forged.declined();
    await goesOn(order);
    expect(deadLetters()).toEqual([deadLetter(EVENTS.paymentDeclined, 'unconfirmed', /is authorized/)]);
  });
});

describe('a notification of a stranger', () => {
  const total = { amount: 4_980, currency: 'EUR' } as const;

  test.each([
    ['of another payment', { paymentId: 'pay_of-a-stranger' }],
    ['over another amount', { total: { ...total, amount: 1 } }],
    ['over another currency', { total: { ...total, currency: 'USD' as const } }],
  ])('an authorisation %s does not confirm the order', async (_, changes) => {
    const order = await pendingOrder();
    await order.tellPayment(EVENTS.paymentAuthorized, changes);
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
    expect(done('confirmOrder')).toEqual([]);
    // It is not even a reason to ask.
    expect(done('confirmPayment')).toEqual([]);
    expect(deadLetters()).toHaveLength(1);
  });

  test('the decline of an earlier card does not decide the payment of the next one (case 4)', async () => {
    const order = stage.newOrder();
    await order.declined('old', 'pay_of-the-first-card');
    await order.untilState('awaiting-submission');
    await order.submit(PENDING);
    await until('the payment is pending', () => stage.shop.payments.paymentsOf(order.orderId).length === 1);
    await order.authorized();
    await goesOn(order);
    expect(deadLetters()).toEqual([
      deadLetter(EVENTS.paymentDeclined, 'unrelated', /never had such a payment/),
    ]);
  });

  test('the late decline of a card that was replaced does not decide the payment of the next one', async () => {
    const order = await pendingOrder();
    const first = stage.shop.payments.latestOf(order.orderId);
    await order.declined('first', first);
    await order.untilState('awaiting-payment-method');
    await order.providePaymentMethod('tok_pending_forever');
    await until(
      'the second one is pending',
      () => stage.shop.payments.paymentsOf(order.orderId).length === 2,
    );
    await order.declined('again', first);
    await order.authorized();
    await goesOn(order);
    expect(deadLetters()).toEqual([deadLetter(EVENTS.paymentDeclined, 'late', /completed/)]);
  });

  test.each(['dispatched', 'lost'] as const)(
    'a parcel that is %s, and is another one’s',
    async (notification) => {
      const order = await bookedOrder();
      await order[notification]('stranger', 'shp_of-a-stranger');
      await goesOn(order);
      const type = notification === 'lost' ? EVENTS.shipmentLost : EVENTS.shipmentDispatched;
      expect(deadLetters()).toEqual([
        deadLetter(type, 'unrelated', /never had such a payment, parcel or customer/),
      ]);
    },
  );
});

test('a notification that comes before the answer of the call is used when the answer is here', async () => {
  const order = stage.newOrder();
  const answering = stage.shop.hold('createShipment', 'after');
  await order.submit();
  await answering.reached;
  await order.dispatched();
  expect(done('capturePayment')).toEqual([]);
  answering.release();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(deadLetters()).toEqual([]);
});
