// A lost parcel is sent once more, where the shop wants that and there is stock; otherwise its price is given back.
import { RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('reship', { lostParcel: 'reship' });

const SKU = 'RESHIP-TEA';
const parcels = ({ orderId }: OrderDriver) => stage.shop.shipping.shipmentsOf(orderId);
const payment = ({ orderId }: OrderDriver) => stage.shop.payments.paymentsOf(orderId)[0];
const idOf = (order: OrderDriver, at: number) => parcels(order)[at]?.shipmentId;

async function lostOrder(onHand: number): Promise<OrderDriver> {
  stage.shop.inventory.receive(SKU, onHand);
  const order = stage.newOrder();
  await order.submit({ lines: [{ sku: SKU, quantity: 2, unitPrice: 1_000 }] });
  await order.untilState('awaiting-dispatch');
  await order.dispatched('one', idOf(order, 0));
  await order.lost('lost', idOf(order, 0));
  return order;
}

test('it goes once more, with stock of its own, and the order is complete when that arrives', async () => {
  const order = await lostOrder(10);
  await until('it is booked once more', () => parcels(order).length === 2);
  await order.dispatched('two', idOf(order, 1));
  await order.delivered('delivered', idOf(order, 1));
  expect((await order.result()).state).toBe('completed');
  expect(stage.shop.inventory.stockOf(SKU)).toEqual({ received: 10, onHand: 6, reserved: 0, shipped: 4 });
  expect(payment(order)).toMatchObject({ captured: 2_000, refunded: 0 });
});

test('lost again, its price is given back', async () => {
  const order = await lostOrder(10);
  await until('it is booked once more', () => parcels(order).length === 2);
  await order.dispatched('two', idOf(order, 1));
  await order.lost('again', idOf(order, 1));
  expect((await order.result()).state).toBe('refunded');
  expect(parcels(order)).toHaveLength(2);
  expect(payment(order)).toMatchObject({ captured: 2_000, refunded: 2_000 });
});

test('without stock its price is given back at once', async () => {
  const order = await lostOrder(3);
  expect((await order.result()).state).toBe('refunded');
  expect(stage.shop.inventory.stockOf(SKU)).toEqual({ received: 3, onHand: 1, reserved: 0, shipped: 2 });
  expect(payment(order)).toMatchObject({ refunded: 2_000 });
});

test('never fetched, its booking is withdrawn, its stock put back and its price given back', async () => {
  const order = await lostOrder(10);
  expect((await order.result()).state).toBe('refunded');
  expect(parcels(order).map(({ state }) => state)).toEqual(['lost', 'canceled']);
  expect(stage.shop.inventory.stockOf(SKU)).toEqual({ received: 10, onHand: 8, reserved: 0, shipped: 2 });
  expect(payment(order)).toMatchObject({ refunded: 2_000 });
});

test('the carrier does not take it once more: its stock is put back, its price given back', async () => {
  stage.shop.inventory.receive(SKU, 10);
  const order = stage.newOrder();
  await order.submit({ lines: [{ sku: SKU, quantity: 2, unitPrice: 1_000 }] });
  await order.untilState('awaiting-dispatch');
  stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not any more'));
  await order.dispatched('one', idOf(order, 0));
  await order.lost('lost', idOf(order, 0));
  expect((await order.result()).state).toBe('refunded');
  expect(stage.shop.inventory.stockOf(SKU)).toEqual({ received: 10, onHand: 8, reserved: 0, shipped: 2 });
  expect(payment(order)).toMatchObject({ refunded: 2_000 });
});
