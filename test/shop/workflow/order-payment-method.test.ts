// A refused payment: another payment method is asked for, a bounded number of times, until a deadline.
import { historyEntries } from '../../../src/adapters/temporal';
import { EVENTS, REFUSALS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';
import { compensationsIn } from '../support/order/compensations';

const stage = setStage('means');

const requests = ({ orderId }: OrderDriver) => stage.shop.orders.paymentMethodRequestedOf(orderId);
const payments = ({ orderId }: OrderDriver) =>
  stage.shop.payments.paymentsOf(orderId).filter(({ state }) => state !== 'declined');
const compensated = () => compensationsIn(stage.shop.log);

async function declinedOrder(): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit({ paymentToken: 'tok_declined' });
  await order.untilState('awaiting-payment-method');
  return order;
}

test('the payment is held with the other payment method, under a key of its own, and the order completes', async () => {
  const order = await declinedOrder();
  expect(requests(order)).toMatchObject([{ attempt: 1, total: { amount: 4_980 } }]);
  await order.providePaymentMethod('tok_visa');
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(payments(order)).toMatchObject([{ state: 'captured', captured: 4_980 }]);
  const keys = stage.shop.calls
    .filter(({ step }) => step === 'authorizePayment')
    .map(({ input }) => (input as { key: string }).key);
  expect(keys).toEqual([0, 1].map((number) => `${order.orderId}:authorizePayment:${number}`));
});

test('of a token that the provider does not know another payment method is asked for at once', async () => {
  const order = stage.newOrder();
  await order.submit({ paymentToken: 'tok_bogus' });
  await order.untilState('awaiting-payment-method');
  expect(stage.shop.calls.filter(({ step }) => step === 'authorizePayment')).toHaveLength(1);
  await order.providePaymentMethod('tok_visa');
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
});

test('an amount that the provider would not take is refused before anything is reserved', async () => {
  const order = stage.newOrder();
  await order.submit({ lines: [{ sku: 'TEA-GREEN-250', quantity: 10, unitPrice: 10_000_000 }] });
  expect((await order.result()).state).toBe('rejected');
  expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REFUSALS.amountNotAccepted);
  expect(stage.shop.log).toEqual(['openOrder', 'closeOrder', 'notifyCustomer']);
  expect(await told(order)).toContain('Close the order as rejected: amount-not-accepted');
});

/** What `sagaline trace` tells of the steps that were done. */
async function told({ handle: { workflowId } }: OrderDriver): Promise<string[]> {
  const { runId } = await stage.env.client.workflow.getHandle(workflowId).describe();
  const found: string[] = [];
  for await (const historyEntry of historyEntries(stage.env.client, workflowId, runId, { follow: false })) {
    if (historyEntry.kind === 'done') found.push(historyEntry.summary);
  }
  return found;
}

test('A payment method that was provided before the refusal is used at once', async () => {
  const order = stage.newOrder();
  const authorising = stage.shop.hold('authorizePayment');
  await order.submit({ paymentToken: 'tok_declined' });
  await authorising.reached;
  await order.providePaymentMethod('tok_visa');
  authorising.release();
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
});

test('when every attempt is refused the order is rejected, and what was reserved released', async () => {
  const order = await declinedOrder();
  await order.providePaymentMethod('tok_declined', 'second');
  await until('the second refusal', () => requests(order).length === 2);
  await order.providePaymentMethod('tok_declined', 'third');
  expect((await order.result()).state).toBe('rejected');
  expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(REFUSALS.paymentDeclined);
  expect(requests(order)).toHaveLength(DEADLINES.paymentAttempts - 1);
  expect(compensated()).toEqual(['releaseStock']);
});

test('a pending payment that is declined later may be replaced, too', async () => {
  const order = stage.newOrder();
  await order.submit({ paymentToken: 'tok_pending_then_declined' });
  await order.declined();
  await order.untilState('awaiting-payment-method');
  await order.providePaymentMethod('tok_pending_then_authorized');
  await order.authorized();
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(payments(order)).toMatchObject([{ state: 'captured' }]);
});

test('an amendment is kept until the payment is held, and made then', async () => {
  const order = await declinedOrder();
  await order.amend({ lines: [{ sku: 'TEA-GREEN-250', quantity: 1, unitPrice: 2_490 }] });
  await order.providePaymentMethod('tok_visa');
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(payments(order)).toMatchObject([{ captured: 2_490 }]);
});

test('A payment method that nobody has asked for is a dead letter when the order ends', async () => {
  const order = stage.newOrder();
  await order.submit();
  await order.providePaymentMethod('tok_visa');
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(stage.shop.deadLetters.deadLettered.map(({ event }) => event.type)).toEqual([
    EVENTS.paymentMethodProvided,
  ]);
  expect(payments(order)).toHaveLength(1);
});

test('A payment method of another customer is not used: the order waits for one of its own', async () => {
  const order = await declinedOrder();
  await order.providePaymentMethod('tok_visa', 'of-another', 'customer-8');
  await order.providePaymentMethod('tok_mastercard');
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  const tokens = stage.shop.calls
    .filter(({ step }) => step === 'authorizePayment')
    .map(({ input }) => (input as { paymentToken?: string }).paymentToken);
  expect(tokens).toEqual(['tok_declined', 'tok_mastercard']);
  expect(stage.shop.deadLetters.deadLettered).toMatchObject([
    { event: { id: 'of-another' }, reason: 'unrelated' },
  ]);
});
