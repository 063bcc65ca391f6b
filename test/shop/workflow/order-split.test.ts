// An order that no warehouse has all of goes in several parcels, each on its way by itself.
import { RefusalError } from '../../../src/contracts';
import { EVENTS, REFUSALS } from '../../../domains/shop/names';
import type { FakeShipment } from '../support/fakes/shipping';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';
import { compensationsIn } from '../support/order/compensations';

const stage = setStage('split');

const [TEA, MUG] = ['SPLIT-TEA', 'SPLIT-MUG'];
/** Three of tea lie in the north, two mugs in the south. */
const lines = [
  { sku: TEA, quantity: 3, unitPrice: 1_000 },
  { sku: MUG, quantity: 2, unitPrice: 500 },
];
const TOTAL = 4_000;
const NORTH = 3_000;

const contentOf = ({ parcels: [line] }: FakeShipment) => line?.sku ?? '';
/** Tea first: they are booked at the same time, in whatever order. */
const parcels = ({ orderId }: OrderDriver) =>
  [...stage.shop.shipping.shipmentsOf(orderId)].sort((one, other) =>
    contentOf(other).localeCompare(contentOf(one)),
  );
const payments = ({ orderId }: OrderDriver) => stage.shop.payments.paymentsOf(orderId);
const compensated = () => compensationsIn(stage.shop.log);
const amountOf = ({ orderId }: OrderDriver) => stage.shop.orders.orderOf(orderId)?.amount;

async function splitOrder(): Promise<{ order: OrderDriver; north: string; south: string }> {
  stage.shop.inventory.receive(TEA, 10, 'north');
  stage.shop.inventory.receive(MUG, 10, 'south');
  const order = stage.newOrder();
  await order.submit({ lines });
  await order.untilState('awaiting-dispatch');
  const [north, south] = parcels(order).map(({ shipmentId }) => shipmentId);
  return { order, north: north ?? '', south: south ?? '' };
}

function expectStock(shippedTea: number, shippedMugs: number): void {
  for (const [sku, shipped] of [
    [TEA, shippedTea],
    [MUG, shippedMugs],
  ] as const)
    expect(stage.shop.inventory.stockOf(sku)).toEqual({
      received: 10,
      onHand: 10 - shipped,
      reserved: 0,
      shipped,
    });
}

test('a parcel from each warehouse; all is paid when the first leaves, and complete when the last arrives', async () => {
  const { order, north, south } = await splitOrder();
  expect(parcels(order).map((parcel) => parcel.parcels)).toEqual([
    [{ sku: TEA, quantity: 3 }],
    [{ sku: MUG, quantity: 2 }],
  ]);
  await order.dispatched('s', south);
  await order.untilState('awaiting-delivery');
  await until('the payment is taken', () => payments(order)[0]?.captured === TOTAL);
  await until('the mugs have left', () => stage.shop.inventory.stockOf(MUG).shipped === 2);
  expect(stage.shop.inventory.stockOf(TEA)).toMatchObject({ reserved: 3, shipped: 0 });
  await order.delivered('sd', south);
  await order.dispatched('n', north);
  await order.delivered('nd', north);
  expect((await order.result()).state).toBe('completed');
  expectStock(3, 2);
  expect(payments(order)).toMatchObject([{ captured: TOTAL, refunded: 0 }]);
  expect(stage.shop.log.filter((step) => step === 'capturePayment')).toHaveLength(1);
});

test('one is lost: its price is given back, and the order is complete for the rest', async () => {
  const { order, north, south } = await splitOrder();
  await order.dispatched('n', north);
  await order.dispatched('s', south);
  await order.lost('nl', north);
  await order.delivered('sd', south);
  expect((await order.result()).state).toBe('completed');
  expect(payments(order)).toMatchObject([{ captured: TOTAL, refunded: NORTH }]);
  expect(amountOf(order)).toBe(TOTAL - NORTH);
});

test('all are lost: the order is refunded', async () => {
  const { order, north, south } = await splitOrder();
  await order.dispatched('n', north);
  await order.lost('nl', north);
  await order.lost('sl', south);
  expect((await order.result()).state).toBe('refunded');
  expect(payments(order)).toMatchObject([{ state: 'refunded', captured: TOTAL, refunded: TOTAL }]);
});

test('one is refused by the carrier: there is no order at all, the other booking is cancelled', async () => {
  stage.shop.inventory.receive(TEA, 10, 'north');
  stage.shop.inventory.receive('BULKY-POT', 10, 'south');
  const order = stage.newOrder();
  const bulky = { sku: 'BULKY-POT', quantity: 1, unitPrice: 500 };
  await order.submit({ lines: [...lines.slice(0, 1), bulky] });
  expect((await order.result()).state).toBe('compensated');
  expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REFUSALS.parcelNotAccepted);
  expect(compensated()).toEqual(['cancelShipment', 'voidPayment', 'releaseStock']);
  expect(parcels(order).map(({ state }) => state)).toEqual(['canceled']);
  expect(stage.shop.inventory.stockOf(TEA)).toMatchObject({ onHand: 10, reserved: 0 });
  expect(stage.shop.inventory.stockOf('BULKY-POT')).toMatchObject({ onHand: 10, reserved: 0 });
});

test('one is never fetched: its booking is withdrawn, its stock and its price given back', async () => {
  const { order, south } = await splitOrder();
  await order.dispatched('s', south);
  await order.delivered('sd', south);
  expect((await order.result()).state).toBe('completed');
  expect(parcels(order).map(({ state }) => state)).toEqual(['canceled', 'delivered']);
  expectStock(0, 2);
  expect(payments(order)).toMatchObject([{ captured: TOTAL, refunded: NORTH }]);
});

test('one has left without a word: the carrier says so when its booking is to be withdrawn', async () => {
  const { order, north, south } = await splitOrder();
  stage.shop.shipping.fetch(order.orderId);
  await order.dispatched('s', south);
  await order.delivered('sd', south);
  await stage.env.sleep(DEADLINES.dispatchWithinMs + 1_000);
  await until('the tea has left', () => stage.shop.inventory.stockOf(TEA).shipped === 3);
  await order.delivered('nd', north);
  expect((await order.result()).state).toBe('completed');
  expectStock(3, 2);
  expect(payments(order)).toMatchObject([{ captured: TOTAL, refunded: 0 }]);
});

test('no notification of one: the carrier is asked, then a person', async () => {
  const { order, north, south } = await splitOrder();
  await order.dispatched('n', north);
  await order.dispatched('s', south);
  await order.delivered('sd', south);
  await stage.env.sleep(2 * DEADLINES.deliveryWithinMs + 2_000);
  await order.untilState('awaiting-decision');
  await order.cancel();
  await order.delivered('nd', north);
  expect((await order.result()).state).toBe('completed');
  expect(stage.shop.orders.refusalsOf(order.orderId)).toHaveLength(1);
});

test('a notification of a parcel that is not of this order changes nothing, and is a dead letter', async () => {
  const { order, north, south } = await splitOrder();
  await order.dispatched('n', north);
  await order.untilState('awaiting-delivery');
  await order.lost('stranger', 'shp_of-somebody-else');
  await order.delivered('nd', north);
  await order.delivered('sd', south);
  expect((await order.result()).state).toBe('completed');
  expect(stage.shop.deadLetters.deadLettered.map(({ event }) => event.type)).toEqual([EVENTS.shipmentLost]);
  expect(payments(order)).toMatchObject([{ refunded: 0 }]);
});

test('cancelled before the first has left, all is compensated', async () => {
  const { order } = await splitOrder();
  await order.cancel();
  expect((await order.result()).state).toBe('cancelled');
  expect(compensated()).toEqual(['cancelShipment', 'cancelShipment', 'voidPayment', 'releaseStock']);
  expectStock(0, 0);
});

test('an amendment of one parcel books that one anew; one of the address would withdraw both, and is refused', async () => {
  const { order } = await splitOrder();
  await order.amend({ lines: [{ sku: TEA, quantity: 1, unitPrice: 1_000 }, ...lines.slice(1)] }, 'fewer');
  await until('it is amended', () => stage.shop.log.includes('reduceStock'));
  expect(parcels(order).map(({ state }) => state)).toEqual(['canceled', 'booked', 'booked']);
  expect(stage.shop.inventory.stockOf(TEA)).toMatchObject({ reserved: 1 });
  const address = { name: 'Ada', street: 'Am Wall 1', postalCode: '28195', city: 'Bremen', country: 'DE' };
  await order.amend({ shippingAddress: address }, 'elsewhere');
  await until('it is answered', () => stage.shop.orders.amendmentsOf(order.orderId).length === 2);
  expect(stage.shop.orders.amendmentsOf(order.orderId)).toMatchObject([
    { revision: 1 },
    { reason: 'several-parcels' },
  ]);
  await order.cancel();
  expect((await order.result()).state).toBe('cancelled');
  expectStock(0, 0);
});

test('an order that one warehouse has all of is one parcel, as ever', async () => {
  stage.shop.inventory.receive(TEA, 10, 'north');
  stage.shop.inventory.receive(TEA, 10, 'south');
  const order = stage.newOrder();
  await order.submit({ lines: lines.slice(0, 1) });
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(parcels(order)).toHaveLength(1);
});

describe('only a part is in stock', () => {
  const wanted = [{ sku: TEA, quantity: 5, unitPrice: 1_000 }];
  const questions = ({ orderId }: OrderDriver) => stage.shop.orders.stockQuestionsOf(orderId);

  async function askedOrder(): Promise<OrderDriver> {
    stage.shop.inventory.receive(TEA, 2);
    const order = stage.newOrder();
    await order.submit({ lines: wanted });
    await order.untilState('awaiting-stock-decision');
    return order;
  }

  test('the customer takes the part, and pays for that', async () => {
    const order = await askedOrder();
    expect(questions(order)).toMatchObject([{ available: [{ sku: TEA, quantity: 2 }] }]);
    await order.decideStock('partial');
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(payments(order)).toMatchObject([{ amount: 5_000, captured: 2_000 }]);
    expect(amountOf(order)).toBe(2_000);
    expect(stage.shop.orders.amendmentsOf(order.orderId)).toMatchObject([{ total: { amount: 2_000 } }]);
  });

  test('the customer waits, and gets all of it when it has come', async () => {
    const order = await askedOrder();
    await order.decideStock('wait');
    await order.untilState('awaiting-stock');
    stage.shop.inventory.receive(TEA, 3, 'south');
    await stage.env.sleep(2 * DEADLINES.restockEveryMs);
    await order.untilState('awaiting-dispatch');
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
    expect(stage.shop.inventory.stockOf(TEA)).toEqual({ received: 5, onHand: 5, reserved: 0, shipped: 0 });
  });

  test('what there was is gone when the customer has answered: the order is out of stock', async () => {
    const order = await askedOrder();
    stage.shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'none left'));
    await order.decideStock('partial');
    expect((await order.result()).state).toBe('rejected');
    expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REFUSALS.outOfStock);
    expect(compensated()).toEqual(['voidPayment']);
  });

  test('there is less again: the customer is asked again, three times at most', async () => {
    const order = await askedOrder();
    stage.shop.fail('reserveStock', new RefusalError(REFUSALS.partialStock, 'fewer'), 5);
    for (const round of [1, 2, 3]) {
      await until('the question', () => questions(order).length === round);
      await order.decideStock('partial', `round-${round}`);
    }
    expect((await order.result()).state).toBe('rejected');
    expect(questions(order)).toHaveLength(3);
  });

  test('the payment was refused, too: the stock is decided first, and less is to pay', async () => {
    stage.shop.inventory.receive(TEA, 2);
    const order = stage.newOrder();
    await order.submit({ lines: wanted, paymentToken: 'tok_declined' });
    await order.untilState('awaiting-stock-decision');
    await order.decideStock('partial');
    await order.untilState('awaiting-payment-method');
    await order.providePaymentMethod('tok_visa');
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(payments(order)).toMatchObject([{ amount: 2_000, captured: 2_000 }]);
  });

  describe('and the payment has no way on: the customer is not asked in vain', () => {
    async function partlyThere(): Promise<OrderDriver> {
      stage.shop.inventory.receive(TEA, 2);
      const order = stage.newOrder();
      await order.submit({ lines: wanted, paymentToken: 'tok_pending_forever' });
      await until('the stock is refused', () => stage.shop.calls.some(({ step }) => step === 'reserveStock'));
      return order;
    }

    test('cancelled while the provider takes its time', async () => {
      const order = await partlyThere();
      await order.cancel();
      expect((await order.result()).state).toBe('cancelled');
      expect([questions(order), compensated()]).toEqual([[], ['voidPayment']]);
    });

    test('not decided in time', async () => {
      const order = await partlyThere();
      expect((await order.result()).state).toBe('rejected');
      expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe('authorization-overdue');
      expect(questions(order)).toEqual([]);
    });
  });
});
