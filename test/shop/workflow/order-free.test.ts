// Orders, and parts of them, that cost nothing.
import { RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('free', { partialStock: 'partial' });

const free = { sku: 'FREE-SAMPLE', quantity: 1, unitPrice: 0 };
const paid = { sku: 'FREE-TEA', quantity: 2, unitPrice: 500 };
const calls = (step: string) => stage.shop.calls.filter((call) => call.step === step);
const paymentCalls = () =>
  ['authorizePayment', 'capturePayment', 'voidPayment', 'refundPayment', 'confirmPayment'].flatMap(calls);
const payments = ({ orderId }: OrderDriver) => stage.shop.payments.paymentsOf(orderId);
const orderOf = ({ orderId }: OrderDriver) => stage.shop.orders.orderOf(orderId);
const messages = ({ orderId }: OrderDriver) =>
  stage.shop.notifications.messagesOf(orderId).map(({ template }) => template);

async function placed(changes: object): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit({ paymentToken: undefined, ...changes });
  await order.untilState('awaiting-dispatch');
  return order;
}

async function arrived(order: OrderDriver): Promise<string> {
  await order.dispatched();
  await order.delivered();
  return (await order.result()).state;
}

test('an order of 0 is placed, booked, dispatched and completed without a call about its payment', async () => {
  const order = await placed({ lines: [free] });
  expect(await arrived(order)).toBe('completed');
  expect(paymentCalls()).toEqual([]);
  expect(orderOf(order)).toMatchObject({ state: 'completed', amount: 0 });
  expect(messages(order)).toEqual(['order-completed']);
  expect(stage.shop.inventory.stockOf(free.sku)).toMatchObject({ reserved: 0, shipped: 1 });
});

test('a free line goes along with a paid one', async () => {
  const order = await placed({ lines: [free, paid], paymentToken: 'tok_visa' });
  expect(await arrived(order)).toBe('completed');
  expect(payments(order)).toMatchObject([{ state: 'captured', captured: 1_000 }]);
});

test('a free order that is cancelled has no authorization to lift', async () => {
  const order = await placed({ lines: [free] });
  await order.cancel();
  expect((await order.result()).state).toBe('cancelled');
  expect(paymentCalls()).toEqual([]);
});

test('the parcel of a free order gets lost: there is nothing to give back', async () => {
  const order = await placed({ lines: [free] });
  await order.dispatched();
  await order.lost();
  expect((await order.result()).state).toBe('refunded');
  expect(paymentCalls()).toEqual([]);
  expect(orderOf(order)).toMatchObject({ state: 'refunded', amount: 0, reason: 'parcel-lost' });
});

/** The parcel leaves only then: the carrier would not give it back. */
async function amended(order: OrderDriver, request: Parameters<OrderDriver['amend']>[0]): Promise<void> {
  await order.amend(request);
  await until('it is answered', () => stage.shop.orders.amendmentsOf(order.orderId).length === 1);
}

describe('an amendment', () => {
  test('makes a free order cost something, with a token of its own', async () => {
    const order = await placed({ lines: [free] });
    await amended(order, { lines: [free, paid], paymentToken: 'tok_visa' });
    expect(await arrived(order)).toBe('completed');
    expect(payments(order)).toMatchObject([{ state: 'captured', captured: 1_000 }]);
    expect(calls('authorizePayment')).toMatchObject([{ input: { paymentToken: 'tok_visa' } }]);
    expect(orderOf(order)).toMatchObject({ amount: 1_000 });
  });

  test('makes a free order cost something, with the token that it came with', async () => {
    const order = await placed({ lines: [free], paymentToken: 'tok_mastercard' });
    await amended(order, { lines: [paid] });
    expect(await arrived(order)).toBe('completed');
    expect(calls('authorizePayment')).toMatchObject([{ input: { paymentToken: 'tok_mastercard' } }]);
  });

  test('that wants money of nobody is refused; the order stays free', async () => {
    const order = await placed({ lines: [free] });
    await amended(order, { lines: [free, paid] });
    expect(await arrived(order)).toBe('completed');
    expect(stage.shop.orders.amendmentsOf(order.orderId)).toMatchObject([
      { reason: 'payment-method-required' },
    ]);
    expect(paymentCalls()).toEqual([]);
    expect(stage.shop.inventory.stockOf(paid.sku)).toMatchObject({ reserved: 0, shipped: 0 });
  });

  test('makes an order free: the authorization is lifted, and nothing is taken', async () => {
    const order = await placed({ lines: [paid], paymentToken: 'tok_visa' });
    await amended(order, { lines: [free] });
    expect(await arrived(order)).toBe('completed');
    expect(payments(order)).toMatchObject([{ state: 'voided', captured: 0 }]);
    expect(orderOf(order)).toMatchObject({ amount: 0 });
  });
});

describe('of two parcels', () => {
  async function split(): Promise<{ order: OrderDriver; freeOne: string; paidOne: string }> {
    stage.shop.inventory.receive(free.sku, 10, 'north');
    stage.shop.inventory.receive(paid.sku, 10, 'south');
    const order = await placed({ lines: [free, paid], paymentToken: 'tok_visa' });
    const parcels = stage.shop.shipping.shipmentsOf(order.orderId);
    const idOf = (sku: string) => parcels.find(({ parcels: [line] }) => line?.sku === sku)?.shipmentId ?? '';
    return { order, freeOne: idOf(free.sku), paidOne: idOf(paid.sku) };
  }

  test('the free one gets lost: nothing is given back', async () => {
    const { order, freeOne, paidOne } = await split();
    await order.dispatched('d1', freeOne);
    await order.dispatched('d2', paidOne);
    await order.lost('l', freeOne);
    await order.delivered('a', paidOne);
    expect((await order.result()).state).toBe('completed');
    expect(payments(order)).toMatchObject([{ captured: 1_000, refunded: 0 }]);
    expect(orderOf(order)).toMatchObject({ amount: 1_000 });
  });

  test('the paid one gets lost: all is given back, and the order is complete for 0', async () => {
    const { order, freeOne, paidOne } = await split();
    await order.dispatched('d1', freeOne);
    await order.dispatched('d2', paidOne);
    await order.lost('l', paidOne);
    await order.delivered('a', freeOne);
    expect((await order.result()).state).toBe('completed');
    expect(payments(order)).toMatchObject([{ captured: 1_000, refunded: 1_000 }]);
    expect(orderOf(order)).toMatchObject({ state: 'completed', amount: 0 });
  });
});

describe('only the free part is in stock', () => {
  async function partly(paymentToken: string): Promise<OrderDriver> {
    stage.shop.inventory.receive(free.sku, 1);
    stage.shop.inventory.receive('FREE-GONE', 0);
    const order = stage.newOrder();
    await order.submit({ lines: [free, { ...paid, sku: 'FREE-GONE' }], paymentToken });
    await order.untilState('awaiting-stock-decision');
    await order.decideStock('partial');
    await order.untilState('awaiting-dispatch');
    return order;
  }

  test('the authorization is lifted', async () => {
    const order = await partly('tok_visa');
    expect(payments(order)).toMatchObject([{ state: 'voided' }]);
    expect(await arrived(order)).toBe('completed');
    expect(orderOf(order)).toMatchObject({ state: 'completed', amount: 0 });
  });

  test('nobody is asked for other payment method', async () => {
    const order = await partly('tok_declined');
    expect(stage.shop.orders.paymentMethodRequestedOf(order.orderId)).toEqual([]);
    expect(await arrived(order)).toBe('completed');
  });
});

describe('the receipt', () => {
  test('is refused for its address: the order is complete all the same', async () => {
    stage.shop.fail(
      'notifyCustomer',
      new RefusalError(REFUSALS.recipientRefused, 'There is no such mailbox.'),
    );
    const order = await placed({ lines: [free] });
    expect(await arrived(order)).toBe('completed');
    expect(messages(order)).toEqual([]);
  });
});
