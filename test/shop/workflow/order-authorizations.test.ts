// Authorizations end: lifted at the provider, or expired. Case 6, and the kind that it stands for; and payments that the customer confirms.
import { DECIDE, DefectError, FAILURES, STEP_STUCK } from '../../../src/contracts';
import { EVENTS, REASONS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('holds');

const DAY = 24 * 60 * 60_000;
/** Attempts within the deadline of a step that has no way back. */
const UNTIL_GIVEN_UP = 27;
const done = (step: string) => stage.shop.calls.filter((call) => call.step === step);
const payments = ({ orderId }: OrderDriver) => stage.shop.payments.paymentsOf(orderId);
const parcels = ({ orderId }: OrderDriver) => stage.shop.shipping.shipmentsOf(orderId);
const asked = ({ orderId }: OrderDriver) => stage.shop.orders.paymentMethodRequestedOf(orderId);
const deadLettered = () =>
  stage.shop.deadLetters.deadLettered.map(({ event, reason }) => [event.type, reason]);

/** Authorizations that are made or renewed from now on end then. */
async function authorizationsEndIn(ms: number): Promise<void> {
  stage.shop.payments.authorizationsEnd((await stage.env.currentTimeMs()) + ms);
}

async function bookedOrder(changes = {}): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit(changes);
  await order.untilState('awaiting-dispatch');
  return order;
}

async function arrives(order: OrderDriver): Promise<void> {
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
}

describe('an authorization that is lifted at the provider', () => {
  test('before the dispatch: the parcel is called back, and the customer asked for another payment (case 6)', async () => {
    const order = await bookedOrder();
    await order.voided();
    await order.untilState('awaiting-payment-method');
    expect(parcels(order)).toMatchObject([{ state: 'canceled' }]);
    expect(asked(order)).toMatchObject([
      { total: { amount: 4_980 }, detail: expect.stringContaining('voided') },
    ]);
    await order.providePaymentMethod('tok_visa');
    await order.untilState('awaiting-dispatch');
    await arrives(order);
    expect(payments(order)).toMatchObject([{ state: 'voided' }, { state: 'captured', captured: 4_980 }]);
    expect(deadLettered()).toEqual([]);
  });

  test('without another payment the order is compensated', async () => {
    const order = await bookedOrder();
    await order.voided();
    expect((await order.result()).state).toBe('compensated');
    expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REASONS.paymentMethodOverdue);
    expect(stage.shop.inventory.reservedFor(order.orderId)).toEqual([]);
  });

  test('when the parcel has left already: a person decides, and nothing is repeated for ever', async () => {
    const order = await bookedOrder();
    stage.shop.payments.happens(stage.shop.payments.latestOf(order.orderId), 'voided');
    await order.dispatched();
    await order.untilState('awaiting-decision');
    expect(done('capturePayment')).toHaveLength(1);
    await order.handle.signal('sagaline.decide', { kind: 'skip', reason: 'a gift' });
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

  test('told when the parcel has left, and nobody has heard of that: a person decides', async () => {
    const order = await bookedOrder();
    stage.shop.shipping.fetch(order.orderId);
    await order.voided();
    await order.untilState('awaiting-decision');
    expect(asked(order)).toEqual([]);
    await order.handle.signal('sagaline.decide', { kind: 'done-by-hand', reason: 'paid in cash' });
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

  test('by our own hand, of an order that is compensated: is no dead letter', async () => {
    const order = await bookedOrder();
    const releasing = stage.shop.hold('releaseStock');
    await order.cancel();
    await releasing.reached;
    await order.voided('ours', `pay_${order.orderId}_1`);
    releasing.release();
    expect((await order.result()).state).toBe('cancelled');
    expect(deadLettered()).toEqual([]);
  });
});

describe('an authorization that is said to be gone while the provider cannot be asked', () => {
  const partly = { lines: [{ sku: 'PARTLY', quantity: 3, unitPrice: 1_000 }] };
  const places: [string, () => Promise<OrderDriver>][] = [
    ['awaiting-dispatch', () => bookedOrder()],
    ['awaiting-stock-decision', () => waitingForStock()],
    [
      'awaiting-stock',
      async () => {
        const order = await waitingForStock();
        await order.decideStock('wait');
        await order.untilState('awaiting-stock');
        return order;
      },
    ],
  ];
  const failures: [string, () => void][] = [
    ['is away', () => stage.shop.fail('confirmPayment', new Error('away'), UNTIL_GIVEN_UP)],
    [
      'answers nonsense',
      () => stage.shop.fail('confirmPayment', new DefectError(FAILURES.providerAnswer, '?')),
    ],
  ];
  const kinds = places.flatMap(([place, come]) =>
    failures.map(([failure, fail]) => ({ place, come, failure, fail })),
  );

  async function waitingForStock(): Promise<OrderDriver> {
    stage.shop.inventory.receive('PARTLY', 1);
    const order = stage.newOrder();
    await order.submit(partly);
    await order.untilState('awaiting-stock-decision');
    return order;
  }

  test.each(kinds)(
    'in $place, and $failure: nothing is compensated, a person is asked',
    async ({ place, come, fail }) => {
      fail();
      const order = await come();
      await order.forged.voided();
      await until('it is asked about', () => done('confirmPayment').length > 0);
      await stage.env.sleep(DEADLINES.forwardWithinMs + 1_000);
      await order.untilState(STEP_STUCK);
      await order.handle.executeUpdate(DECIDE, { args: [{ kind: 'retry', reason: 'it is back' }] });
      await until('it is not borne out', () => deadLettered().length === 1);
      expect(deadLettered()).toEqual([[EVENTS.paymentVoided, 'unconfirmed']]);
      await order.untilState(place);
      await order.cancel();
      expect((await order.result()).state).toBe('cancelled');
    },
  );

  test('and a person says that it need not be: it is not believed', async () => {
    stage.shop.fail('confirmPayment', new DefectError(FAILURES.providerAnswer, '?'));
    const order = await bookedOrder();
    await order.forged.voided();
    await order.untilState(STEP_STUCK);
    await order.handle.executeUpdate(DECIDE, { args: [{ kind: 'skip', reason: 'never mind' }] });
    await arrives(order);
    expect(deadLettered()).toEqual([[EVENTS.paymentVoided, 'unconfirmed']]);
  });
});

describe('an authorization that ends', () => {
  test('is renewed a day before, as often as it takes, each time under a key of its own', async () => {
    await authorizationsEndIn(2 * DAY);
    const order = await bookedOrder();
    await stage.env.sleep(DAY - 1_000);
    expect(done('renewPayment')).toEqual([]);
    await authorizationsEndIn(3 * DAY);
    await stage.env.sleep(2_000);
    await until('it is renewed', () => done('renewPayment').length === 1);
    await stage.env.sleep(2 * DAY);
    await until('it is renewed again', () => done('renewPayment').length === 2);
    expect(done('renewPayment').map(({ input }) => (input as { key: string }).key)).toEqual(
      [0, 1].map((number) => `${order.orderId}:renewPayment:${number}`),
    );
    await arrives(order);
    expect(asked(order)).toEqual([]);
  });

  test('and cannot be renewed: the customer is asked for another payment before it ends', async () => {
    await authorizationsEndIn(2 * DAY);
    const order = await bookedOrder({ paymentToken: 'tok_authorization_expires_for_good' });
    await stage.env.sleep(DAY + 1_000);
    await order.untilState('awaiting-payment-method');
    expect(payments(order)).toMatchObject([{ state: 'voided' }]);
    expect(parcels(order)).toMatchObject([{ state: 'canceled' }]);
    await order.providePaymentMethod('tok_visa');
    await order.untilState('awaiting-dispatch');
    await arrives(order);
  });

  test('while the order waits for its stock: is renewed, and asked about before the order is confirmed', async () => {
    stage.shop.inventory.receive('PARTLY', 1);
    await authorizationsEndIn(2 * DAY);
    const order = stage.newOrder();
    await order.submit({ lines: [{ sku: 'PARTLY', quantity: 3, unitPrice: 1_000 }] });
    await order.untilState('awaiting-stock-decision');
    await order.decideStock('wait');
    await order.untilState('awaiting-stock');
    await authorizationsEndIn(9 * DAY);
    await stage.env.sleep(DAY + 1_000);
    await until('it is renewed', () => done('renewPayment').length === 1);
    stage.shop.inventory.receive('PARTLY', 5);
    await stage.env.sleep(DEADLINES.restockEveryMs);
    await order.untilState('awaiting-dispatch');
    expect(done('confirmPayment')).toHaveLength(1);
    await arrives(order);
  });

  test('and whose end nobody knows needs no timer of its own', async () => {
    const order = await bookedOrder();
    const { events } = await order.handle.fetchHistory();
    expect((events ?? []).filter((event) => event.timerStartedEventAttributes)).toHaveLength(1);
    await arrives(order);
  });
});

describe('a payment that the customer has to confirm', () => {
  const secure = { paymentToken: 'tok_three_d_secure' };

  test('the link goes out with its deadline; authenticated, the order goes on', async () => {
    const order = stage.newOrder();
    await order.submit(secure);
    await until(
      'the customer is asked',
      () => stage.shop.orders.actionsRequestedOf(order.orderId).length === 1,
    );
    const paymentId = `pay_${order.orderId}_1`;
    expect(stage.shop.orders.actionsRequestedOf(order.orderId)).toEqual([
      {
        orderId: order.orderId,
        paymentId,
        total: { amount: 4_980, currency: 'EUR' },
        url: `https://payments.example.com/3ds/${paymentId}`,
        dueBy: expect.stringMatching(/^\d{4}-/),
      },
    ]);
    await order.authorized();
    await order.untilState('awaiting-dispatch');
    await arrives(order);
  });

  test('not confirmed in time: the payment is withdrawn, the order rejected', async () => {
    const order = stage.newOrder();
    await order.submit(secure);
    expect((await order.result()).state).toBe('rejected');
    expect(payments(order)).toMatchObject([{ state: 'voided' }]);
    expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REASONS.authorizationOverdue);
  });

  test('confirmed in time, and nobody has told us: the provider is asked at the deadline, and the order goes on', async () => {
    const order = stage.newOrder();
    await order.submit(secure);
    await until(
      'the customer is asked',
      () => stage.shop.orders.actionsRequestedOf(order.orderId).length === 1,
    );
    stage.shop.payments.happens(stage.shop.payments.latestOf(order.orderId), 'authorized');
    await stage.env.sleep(DEADLINES.authorizationWithinMs + 1_000);
    await order.untilState('awaiting-dispatch');
    await arrives(order);
  });

  test('refused there: another payment is asked for', async () => {
    const order = stage.newOrder();
    await order.submit(secure);
    await until(
      'the customer is asked',
      () => stage.shop.orders.actionsRequestedOf(order.orderId).length === 1,
    );
    await order.declined();
    await order.untilState('awaiting-payment-method');
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
  });
});

describe('what was given back at the provider', () => {
  async function lostOrder(meanwhile: (paymentId: string) => void): Promise<OrderDriver> {
    const order = await bookedOrder();
    await order.dispatched();
    await order.untilState('awaiting-delivery');
    await until('it is paid', () => done('capturePayment').length === 1);
    meanwhile(`pay_${order.orderId}_1`);
    await order.lost();
    return order;
  }

  test('is not given back once more', async () => {
    const order = await lostOrder((paymentId) => stage.shop.payments.refundByHand(paymentId, 980));
    expect((await order.result()).state).toBe('refunded');
    expect(done('refundPayment').map(({ input }) => input)).toMatchObject([{ total: { amount: 4_000 } }]);
    expect(payments(order)).toMatchObject([{ captured: 4_980, refunded: 4_980 }]);
  });

  test('in full leaves nothing to be given back', async () => {
    const order = await lostOrder((paymentId) => stage.shop.payments.refundByHand(paymentId, 4_980));
    expect((await order.result()).state).toBe('refunded');
    expect(done('refundPayment')).toEqual([]);
  });

  test('may be still, through a dispute: a person decides', async () => {
    const dispute = {
      disputeId: 'dp_1',
      status: 'needs_response' as const,
      amount: 4_980,
      reason: 'not_received',
    };
    const order = await lostOrder((paymentId) => stage.shop.payments.dispute(paymentId, dispute));
    await order.untilState('awaiting-decision');
    expect(done('refundPayment')).toEqual([]);
    stage.shop.payments.dispute(`pay_${order.orderId}_1`, { ...dispute, status: 'lost' });
    await order.handle.signal('sagaline.decide', { kind: 'retry' });
    expect((await order.result()).state).toBe('refunded');
    expect(done('refundPayment')).toEqual([]);
  });
});
