// Orders that begin with all their capabilities placed with the pool of the orders.
import { TASK_QUEUES } from '../../../domains/shop/names';
import { costOf } from '../../../bench/history';
import type { OrderDriver } from '../support/order/driver';
import { PLACED } from '../support/order/costliest-order';
import { setStage } from '../support/order/stage';

const stage = setStage('all-placed', {}, { placed: true });

async function historyOf({ handle }: OrderDriver) {
  const history = await handle.fetchHistory();
  const ordinary = (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: task }) =>
    task ? [[task.activityType?.name, task.taskQueue?.name]] : [],
  );
  return { history, ordinary };
}

async function arrived(order: OrderDriver): Promise<string> {
  await order.untilState('awaiting-dispatch');
  await order.dispatched();
  await order.untilState('awaiting-delivery');
  await order.delivered();
  return (await order.result()).state;
}

test('all steps are local activities: a workflow task for each event that the order gets', async () => {
  const order = stage.newOrder();
  await order.submit();
  expect(await arrived(order)).toBe('completed');
  const { history, ordinary } = await historyOf(order);
  expect(ordinary).toEqual([]);
  expect(costOf(history)).toEqual(PLACED);
  expect(stage.shop.log).toEqual([
    ...['openOrder', 'reserveStock', 'authorizePayment', 'confirmOrder', 'createShipment'],
    ...['capturePayment', 'shipStock', 'closeOrder', 'notifyCustomer'],
  ]);
});

test('a provider that is away for its local attempts is called by an ordinary activity, under the same key', async () => {
  stage.shop.fail('authorizePayment', new Error('the provider is away'), 3);
  const order = stage.newOrder();
  await order.submit();
  expect(await arrived(order)).toBe('completed');
  expect((await historyOf(order)).ordinary).toEqual([['authorizePayment', TASK_QUEUES.orders]]);
  const payments = stage.shop.payments.paymentsOf(order.orderId);
  expect(payments).toMatchObject([{ state: 'captured' }]);
});

test('what a placed order has done is compensated when it is cancelled', async () => {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  await order.cancel();
  expect((await order.result()).state).toBe('cancelled');
  expect(stage.shop.payments.paymentsOf(order.orderId)).toMatchObject([{ state: 'voided' }]);
});
