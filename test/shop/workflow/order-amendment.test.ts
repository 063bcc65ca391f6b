// Amendments at each stage: granted with the difference in stock and money, or refused, and then nothing has changed.
import { exampleAddress } from '../../../domains/shop/events/address';
import { RefusalError } from '../../../src/contracts';
import { EVENTS, REFUSALS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('amended');

const newOrder = () => stage.newOrder();
const SKU = 'TEA-GREEN-250';
const line = (quantity: number, sku = SKU) => ({ sku, quantity, unitPrice: 2_490 });
const shippingAddress = exampleAddress;
const elsewhere = { ...shippingAddress, street: 'Am Wall 1', postalCode: '28195' };

const told = ({ orderId }: OrderDriver) => stage.shop.orders.amendmentsOf(orderId);
const reserved = ({ orderId }: OrderDriver) => stage.shop.inventory.reservedFor(orderId);
const payments = ({ orderId }: OrderDriver) => stage.shop.payments.paymentsOf(orderId);
const parcels = ({ orderId }: OrderDriver) => stage.shop.shipping.shipmentsOf(orderId);
const count = (step: string) => stage.shop.log.filter((each) => each === step).length;

async function bookedOrder(): Promise<OrderDriver> {
  const order = newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  return order;
}

/** Until the amendment has been answered with an event, whichever. */
async function answered(order: OrderDriver, times = 1): Promise<void> {
  await until('the amendment is answered', () => told(order).length >= times);
}

async function completed(order: OrderDriver): Promise<void> {
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
}

/** What stock and money must come to when the order is complete. */
function expectBooks(order: OrderDriver, pieces: number): void {
  const { shipped, reserved: left, onHand, received } = stage.shop.inventory.stockOf(SKU);
  expect({ shipped, left, all: onHand + left + shipped }).toEqual({
    shipped: pieces,
    left: 0,
    all: received,
  });
  const taken = payments(order).reduce((sum, payment) => sum + payment.captured, 0);
  expect(taken).toBe(pieces * 2_490);
  expect(payments(order).filter(({ state }) => state === 'authorized')).toEqual([]);
  expect(stage.shop.orders.orderOf(order.orderId)?.amount).toBe(taken);
}

describe('before the dispatch', () => {
  test('more pieces: the difference is reserved and held, the carrier booked anew', async () => {
    const order = await bookedOrder();
    await order.amend({ lines: [line(5)] });
    await answered(order);
    expect(told(order)).toMatchObject([{ revision: 1, total: { amount: 5 * 2_490 }, addressChanged: false }]);
    expect(reserved(order)).toEqual([{ sku: SKU, quantity: 5 }]);
    await completed(order);
    expect(payments(order)).toMatchObject([
      { state: 'captured', amount: 2 * 2_490, captured: 2 * 2_490 },
      { state: 'captured', amount: 3 * 2_490, captured: 3 * 2_490 },
    ]);
    expect(parcels(order)).toMatchObject([
      { state: 'canceled', parcels: [{ sku: SKU, quantity: 2 }] },
      { state: 'delivered', parcels: [{ sku: SKU, quantity: 5 }] },
    ]);
    expectBooks(order, 5);
  });

  test('more pieces, and A payment method that is good for one payment: the amendment needs one of its own', async () => {
    const order = newOrder();
    await order.submit({ paymentToken: 'tok_single_use_1' });
    await order.untilState('awaiting-dispatch');
    await order.amend({ lines: [line(3)] }, 'without');
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: 'payment-method-required' }]);
    expect(reserved(order)).toEqual([{ sku: SKU, quantity: 2 }]);
    await order.amend({ lines: [line(3)], paymentToken: 'tok_single_use_2' }, 'with');
    await answered(order, 2);
    await completed(order);
    expectBooks(order, 3);
  });

  test('so many more that the provider would not take the difference: nothing is reserved', async () => {
    const order = await bookedOrder();
    const calls = stage.shop.calls.length;
    await order.amend({ lines: [{ sku: SKU, quantity: 1_000, unitPrice: 200_000 }] });
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: REFUSALS.amountNotAccepted }]);
    expect(stage.shop.calls.slice(calls).map(({ step }) => step)).toEqual(['refuseAmendment']);
    await completed(order);
    expectBooks(order, 2);
  });

  test('fewer pieces: stock is given back, and less is taken of the authorization', async () => {
    const order = await bookedOrder();
    await order.amend({ lines: [line(1)] });
    await until('the stock is given back', () => count('reduceStock') === 1);
    expect(reserved(order)).toEqual([{ sku: SKU, quantity: 1 }]);
    await completed(order);
    expect(payments(order)).toMatchObject([{ state: 'captured', amount: 2 * 2_490, captured: 2_490 }]);
    expectBooks(order, 1);
  });

  test('more, then fewer than at first: the further authorization is lifted', async () => {
    const order = await bookedOrder();
    await order.amend({ lines: [line(5)] }, 'one');
    await answered(order);
    await order.amend({ lines: [line(1)] }, 'two');
    await answered(order, 2);
    await completed(order);
    expect(payments(order)).toMatchObject([{ state: 'captured', captured: 2_490 }, { state: 'voided' }]);
    expectBooks(order, 1);
  });

  test('another address: the carrier is booked anew, before the old booking is withdrawn', async () => {
    const order = await bookedOrder();
    await order.amend({ shippingAddress: elsewhere });
    await answered(order);
    const { log } = stage.shop;
    expect(log.slice(-3)).toEqual(['createShipment', 'cancelShipment', 'amendOrder']);
    expect(parcels(order)).toMatchObject([
      { state: 'canceled', postalCode: shippingAddress.postalCode },
      { state: 'booked', postalCode: '28195' },
    ]);
    await completed(order);
    expectBooks(order, 2);
  });

  test('the same amendment told twice under one id is made once', async () => {
    const order = await bookedOrder();
    await order.amend({ lines: [line(3)] }, 'same');
    await order.amend({ lines: [line(3)] }, 'same');
    await answered(order);
    await completed(order);
    expect(told(order)).toHaveLength(1);
    expectBooks(order, 3);
  });

  test('cancelled afterwards: all that the amendment has got is compensated, too', async () => {
    const order = await bookedOrder();
    await order.amend({ lines: [line(5)] });
    await answered(order);
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
    expect(payments(order).map(({ state }) => state)).toEqual(['voided', 'voided']);
    expect(parcels(order).map(({ state }) => state)).toEqual(['canceled', 'canceled']);
    expect(reserved(order)).toEqual([]);
    expect(stage.shop.inventory.stockOf(SKU)).toMatchObject({ reserved: 0, shipped: 0 });
  });
});

describe('while the order is being placed', () => {
  test('it is amended before it is confirmed, and booked as amended', async () => {
    const order = newOrder();
    const reserving = stage.shop.hold('reserveStock');
    await order.submit();
    await reserving.reached;
    await order.amend({ lines: [line(3)], shippingAddress: elsewhere });
    reserving.release();
    await order.untilState('awaiting-dispatch');
    const { log } = stage.shop;
    expect(log.indexOf('amendOrder')).toBeLessThan(log.indexOf('confirmOrder'));
    expect(parcels(order)).toMatchObject([{ state: 'booked', postalCode: '28195' }]);
    await completed(order);
    expectBooks(order, 3);
  });
});

describe('refused, the order is what it was, and goes on', () => {
  const refusals: readonly [string, string, () => void, number][] = [
    [
      'no stock',
      REFUSALS.outOfStock,
      () => stage.shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'none')),
      5,
    ],
    [
      'no money',
      REFUSALS.paymentDeclined,
      () => stage.shop.fail('authorizePayment', new RefusalError(REFUSALS.paymentDeclined, 'declined')),
      5,
    ],
    [
      'a carrier that does not go there',
      REFUSALS.addressNotServed,
      () => stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not there')),
      5,
    ],
    ['a step that is given up', 'step-failed', () => stage.shop.loseAnswer('createShipment', 1_000), 5],
  ];

  test.each(refusals)('%s', async (_, reason, prepare, pieces) => {
    const order = await bookedOrder();
    const before = [reserved(order), stage.shop.orders.orderOf(order.orderId)?.amount];
    prepare();
    await order.amend({ lines: [line(pieces)] });
    await until(
      'the steps are done',
      () => told(order).length === 1 || stage.shop.log.includes('createShipment'),
    );
    // A step that loses every answer is given up after its deadline.
    if (reason === 'step-failed') await stage.env.sleep(61_000);
    await answered(order);
    expect(told(order)).toMatchObject([{ reason }]);
    expect([reserved(order), stage.shop.orders.orderOf(order.orderId)?.amount]).toEqual(before);
    expect(payments(order).filter(({ state }) => state === 'authorized')).toHaveLength(1);
    expect(parcels(order).filter(({ state }) => state === 'booked')).toHaveLength(1);
    expect(await order.state()).toBe('awaiting-dispatch');
    await completed(order);
    expectBooks(order, 2);
  });

  test('nothing changed: not one step', async () => {
    const order = await bookedOrder();
    const before = stage.shop.calls.length;
    await order.amend({ lines: [line(2)], shippingAddress });
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: 'nothing-changed' }]);
    expect(stage.shop.calls.slice(before).map(({ step }) => step)).toEqual(['refuseAmendment']);
    await completed(order);
  });

  test('a provider that wants time to decide on the difference', async () => {
    const order = newOrder();
    await order.submit({ paymentToken: 'tok_pending_then_authorized' });
    await order.authorized();
    await order.untilState('awaiting-dispatch');
    await order.amend({ lines: [line(5)] });
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: 'payment-pending' }]);
    const [, difference] = payments(order);
    expect(payments(order).map(({ state }) => state)).toEqual(['authorized', 'voided']);
    // The provider tells of it: it is the order's own payment, and nobody's business any more.
    await order.voided('voided', difference?.paymentId);
    await completed(order);
    expectBooks(order, 2);
    expect(stage.shop.deadLetters.deadLettered).toEqual([]);
  });

  test('a parcel that has left meanwhile: the new booking is compensated, the old parcel goes its way', async () => {
    const order = await bookedOrder();
    stage.shop.shipping.fetch(order.orderId);
    await order.amend({ lines: [line(5)], shippingAddress: elsewhere });
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: 'too-late' }]);
    expect(parcels(order).map(({ state }) => state)).toEqual(['dispatched', 'canceled']);
    await order.voided('voided', payments(order).at(-1)?.paymentId);
    await completed(order);
    expectBooks(order, 2);
    expect(stage.shop.deadLetters.deadLettered).toEqual([]);
  });

  test('after the dispatch', async () => {
    const order = await bookedOrder();
    await order.dispatched();
    await order.untilState('awaiting-delivery');
    await order.amend({ lines: [line(5)] });
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: 'too-late' }]);
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expectBooks(order, 2);
  });
});

// By hand: the bridge lets none of these pass.
describe('a request that no contract takes', () => {
  const tooLong = 'x'.repeat(5_000);
  test.each([
    ['a name that is too long', { shippingAddress: { ...shippingAddress, name: tooLong } }],
    ['A payment method that is none', { lines: [line(5)], paymentToken: tooLong }],
  ])('%s: is refused, what was begun is compensated, and the order goes on', async (_, request) => {
    const order = await bookedOrder();
    await order.amend(request);
    await answered(order);
    expect(told(order)).toMatchObject([{ reason: 'step-failed' }]);
    expect(await order.state()).toBe('awaiting-dispatch');
    await completed(order);
    expectBooks(order, 2);
  });

  test.each([
    ['no lines', { lines: [] }],
    ['an article in two lines', { lines: [line(1), line(2)] }],
    ['no piece of it', { lines: [line(0)] }],
    ['an article that is none', { lines: [line(1, 'tea')] }],
    ['no name', { shippingAddress: { ...shippingAddress, name: ' ' } }],
  ])('%s: is no event of the order, and nothing moves', async (_, request) => {
    const order = await bookedOrder();
    const before = stage.shop.calls.length;
    await order.amend(request);
    await order.amend({ lines: [line(2)] }, 'sound');
    await answered(order);
    expect(stage.shop.calls.slice(before).map(({ step }) => step)).toEqual(['refuseAmendment']);
    await completed(order);
    expectBooks(order, 2);
  });
});

describe('several events at once', () => {
  /** What comes while the order is being entered is all there when it looks for the first time. */
  async function atOnce(send: (order: OrderDriver) => Promise<void>): Promise<OrderDriver> {
    const order = newOrder();
    const booking = stage.shop.hold('createShipment');
    await order.submit();
    await booking.reached;
    await send(order);
    booking.release();
    return order;
  }

  test('a cancellation goes before an older amendment, which is refused', async () => {
    const order = await atOnce(async (each) => {
      await each.amend({ lines: [line(5)] });
      await each.cancel();
    });
    expect((await order.result()).state).toBe('cancelled');
    expect(told(order)).toMatchObject([{ reason: 'too-late' }]);
    expect(count('amendOrder')).toBe(0);
  });

  test('the dispatch goes before an older cancellation, which is refused', async () => {
    const order = await atOnce(async (each) => {
      await each.cancel();
      await each.dispatched();
    });
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(stage.shop.orders.refusalsOf(order.orderId)).toHaveLength(1);
  });

  test('two amendments are made in the order in which they came', async () => {
    const order = await atOnce(async (each) => {
      await each.amend({ lines: [line(5)] }, 'one');
      await each.amend({ lines: [line(4)] }, 'two');
    });
    await answered(order, 2);
    await completed(order);
    expectBooks(order, 4);
  });
});

test('an amendment that the order never takes is no dead letter: it is answered', async () => {
  const order = newOrder();
  stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not there'));
  const voiding = stage.shop.hold('voidPayment');
  await order.submit();
  await voiding.reached;
  await order.amend({ lines: [line(5)] });
  voiding.release();
  expect((await order.result()).state).toBe('compensated');
  expect(told(order)).toMatchObject([{ reason: 'too-late' }]);
  expect(stage.shop.deadLetters.deadLettered.map(({ event }) => event.type)).not.toContain(
    EVENTS.amendmentRequested,
  );
});

test('an amendment that another customer wants is refused, and the order goes on as it was', async () => {
  const order = await bookedOrder();
  await order.amend({ lines: [line(5)], shippingAddress: elsewhere, customerId: 'customer-8' });
  await answered(order);
  expect(told(order)).toMatchObject([{ reason: 'another-customer' }]);
  await completed(order);
  expectBooks(order, 2);
  expect(parcels(order)).toHaveLength(1);
});
