// A workflow that was reset after a repair ends at its next step, `compensated`, and the customer hears nothing further.
import { FAILURES } from '../../../src/contracts';
import { REASONS } from '../../../domains/shop/names';
import { firstKeys, forwardKeys } from '../../../domains/shop/rules/repair';
import type { OrderDriver } from '../support/order/driver';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('reset');

const SKU = 'TEA-GREEN-250';
const messages = ({ orderId }: OrderDriver) => stage.shop.notifications.messagesOf(orderId);
const steps = () => stage.shop.calls.map(({ step }) => step);

/** What a repair does, while the order's workflow is gone. */
async function repair({ orderId }: OrderDriver, closeAs: 'rejected' | 'compensated'): Promise<void> {
  const { inventory, orders, payments, shipping } = stage.shop;
  const known = stage.shop.effects.flatMap((effect) => {
    const [, key = ''] = effect.split(' ');
    return key.startsWith(`${orderId}:`) ? [{ key, state: 'done' } as const] : [];
  });
  const [stock = '', hold = '', booking = ''] = firstKeys(orderId);
  await shipping.cancelShipment({ undoes: { key: booking } as never });
  await payments.voidPayment({ undoes: { key: hold } as never });
  for (const key of [stock, ...forwardKeys(orderId, known)])
    await inventory.releaseStock({ undoes: { key } as never });
  const because = { reason: REASONS.reconciled, detail: 'compensated by command' };
  await orders.closeOrder({ state: closeAs, key: `${orderId}:closeOrder:0`, orderId, ...because });
}

async function bookedOrder(): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  return order;
}

async function endsInSilence(order: OrderDriver): Promise<void> {
  expect((await order.result()).state).toBe('compensated');
  expect(messages(order)).toEqual([]);
  expect(stage.shop.inventory.reservedFor(order.orderId)).toEqual([]);
}

test('before its first step', async () => {
  const order = stage.newOrder();
  await repair(order, 'rejected');
  await order.submit();
  await endsInSilence(order);
});

test('cancelled by the customer', async () => {
  const order = await bookedOrder();
  await repair(order, 'compensated');
  await order.cancel();
  await endsInSilence(order);
  expect(stage.shop.orders.orderOf(order.orderId)).toMatchObject({ reason: REASONS.reconciled });
});

test('amended: nothing is got for it, and nobody is told that it was refused', async () => {
  const order = await bookedOrder();
  await repair(order, 'compensated');
  await order.amend({ lines: [{ sku: SKU, quantity: 5, unitPrice: 2_490 }] });
  await endsInSilence(order);
  expect(stage.shop.orders.amendmentsOf(order.orderId)).toEqual([]);
});

test('told that the authorization is gone: nobody is asked for another payment', async () => {
  const order = await bookedOrder();
  const [payment] = stage.shop.payments.paymentsOf(order.orderId);
  await repair(order, 'compensated');
  await order.voided('voided', payment?.paymentId);
  await endsInSilence(order);
  expect(stage.shop.orders.paymentMethodRequestedOf(order.orderId)).toEqual([]);
});

test('not dispatched in time', async () => {
  const order = await bookedOrder();
  await repair(order, 'compensated');
  await endsInSilence(order);
});

test('free, and dispatched all the same: nobody is asked about the step that is compensated', async () => {
  const order = stage.newOrder();
  await order.submit({ lines: [{ sku: SKU, quantity: 1, unitPrice: 0 }] });
  await order.untilState('awaiting-dispatch');
  await repair(order, 'compensated');
  await order.dispatched();
  await endsInSilence(order);
});

test('compensated by its own saga, which was terminated in the middle: the rest is compensated, and the customer is told', async () => {
  const order = stage.newOrder();
  const [stock = ''] = firstKeys(order.orderId);
  await stage.shop.inventory.releaseStock({ undoes: { key: stock } as never });
  await order.submit();
  expect((await order.result()).state).toBe('rejected');
  await until('the payment is lifted', () => steps().includes('voidPayment'));
  expect(messages(order)).toMatchObject([
    { template: 'order-rejected', values: { reason: FAILURES.stepCompensated, detail: COMPENSATED_BEFORE } },
  ]);
});

const COMPENSATED_BEFORE = 'a step of the order was compensated before';
