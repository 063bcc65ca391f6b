import type { OpenOrder, Orders } from '../../../../activities/shop/orders';
import { RefusalError } from '../../../../src/contracts';
import { orderSubmitted } from '../../../../domains/shop/events';
import { REFUSALS } from '../../../../domains/shop/names';
import { atOnce, newOrderId } from '../../../support/conformance/attempts';

export interface OrdersUnderTest {
  /** Temporal does not know runs whose names begin with `forgotten-`. */
  readonly orders: Orders;
  orderOf(
    orderId: string,
  ): Promise<
    { openedBy: string; state: string; amount: number; reason?: string | null | undefined } | undefined
  >;
  /** The published refusals of the order's cancellations. */
  refusalsOf(orderId: string): Promise<readonly { reason: string; detail: string }[]>;
  /** The questions to the customer about the stock. */
  stockQuestionsOf(orderId: string): Promise<readonly object[]>;
  /** The requests for another payment method, with their reasons. */
  paymentMethodRequestedOf(orderId: string): Promise<readonly object[]>;
  /** The published amendments of the order, accepted and refused. */
  amendmentsOf(orderId: string): Promise<readonly object[]>;
}

/** The contract of every record of orders. */
export function ordersConformance(open: () => Promise<OrdersUnderTest>): void {
  const total = { amount: 4_980, currency: 'EUR' } as const;
  let orders: Orders;
  let book: OrdersUnderTest;

  beforeAll(async () => {
    book = await open();
    orders = book.orders;
  });

  function entry(orderId: string, runId: string): OpenOrder {
    return { runId, submission: { ...orderSubmitted.example, orderId }, total };
  }

  test('enters an order once, however often the same run asks', async () => {
    const order = entry(newOrderId(), 'run-1');
    await atOnce(4, () => orders.openOrder(order));
    await orders.openOrder(order);
    expect(await book.orderOf(order.submission.orderId)).toMatchObject({
      openedBy: 'run-1',
      state: 'placing',
    });
  });

  test('keeps a free order, from its entry to its end', async () => {
    const orderId = newOrderId();
    const nothing = { amount: 0, currency: 'JPY' };
    const submission = { ...orderSubmitted.example, orderId };
    await orders.openOrder({ runId: 'run-1', submission, total: nothing });
    await orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total: nothing });
    const close = { state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total: nothing } as const;
    await orders.closeOrder(close);
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'completed', amount: 0 });
  });

  test('refuses a second saga for the same order, and goes on accepting the first', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const second = orders.openOrder(entry(orderId, 'run-2'));
    await expect(second).rejects.toBeInstanceOf(RefusalError);
    await expect(second).rejects.toMatchObject({ type: REFUSALS.orderExists });
    await orders.openOrder(entry(orderId, 'run-1'));
    expect(await book.orderOf(orderId)).toMatchObject({ openedBy: 'run-1', state: 'placing' });
  });

  test('lets exactly one of several sagas at the same time have the order', async () => {
    const orderId = newOrderId();
    const runs = Array.from({ length: 8 }, (_, index) => orders.openOrder(entry(orderId, `run-${index}`)));
    const settled = await Promise.allSettled(runs);
    const winner = settled.findIndex(({ status }) => status === 'fulfilled');
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await book.orderOf(orderId)).toMatchObject({ openedBy: `run-${winner}` });
  });

  test('gives an open order to another saga when Temporal does not know the first, to one of several', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'forgotten-1'));
    await orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
    const runs = ['run-2', 'run-3', 'run-4'];
    const settled = await Promise.allSettled(runs.map((run) => orders.openOrder(entry(orderId, run))));
    const winner = runs[settled.findIndex(({ status }) => status === 'fulfilled')];
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await orders.openOrder(entry(orderId, String(winner)));
    expect(await book.orderOf(orderId)).toMatchObject({ openedBy: winner, state: 'confirmed' });
  });

  test.each([
    ['of another customer', { customerId: 'customer-other' }, total],
    ['with another total', {}, { ...total, amount: total.amount + 1 }],
    ['in another currency', {}, { ...total, currency: 'USD' as const }],
  ])(
    'keeps another saga %s from an open order, though Temporal does not know the first',
    async (_, other, given) => {
      const orderId = newOrderId();
      await orders.openOrder(entry(orderId, 'forgotten-1'));
      const { submission } = entry(orderId, 'run-2');
      const second = orders.openOrder({
        runId: 'run-2',
        submission: { ...submission, ...other },
        total: given,
      });
      await expect(second).rejects.toMatchObject({ type: REFUSALS.orderExists });
      expect(await book.orderOf(orderId)).toMatchObject({ openedBy: 'forgotten-1', state: 'placing' });
    },
  );

  test('keeps another saga from an order that has ended, though Temporal does not know the first', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'forgotten-1'));
    await orders.closeOrder({ state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total });
    const second = orders.openOrder(entry(orderId, 'run-2'));
    await expect(second).rejects.toMatchObject({ type: REFUSALS.orderExists });
    expect(await book.orderOf(orderId)).toMatchObject({ openedBy: 'forgotten-1', state: 'completed' });
  });

  test('refuses a second saga also after the order has ended', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    await orders.closeOrder({ state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total });
    const second = orders.openOrder(entry(orderId, 'run-2'));
    await expect(second).rejects.toMatchObject({ type: REFUSALS.orderExists });
    expect(await book.orderOf(orderId)).toMatchObject({ openedBy: 'run-1', state: 'completed' });
  });

  test('confirms and completes an order', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    await orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'confirmed' });
    await orders.closeOrder({ state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total });
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'completed' });
  });

  test('keeps the first end of an order, with its reason', async () => {
    const orderId = newOrderId();
    const close = { key: `${orderId}:closeOrder:0`, orderId, detail: 'There is no tea.' };
    await orders.openOrder(entry(orderId, 'run-1'));
    await orders.closeOrder({ ...close, state: 'rejected', reason: 'out-of-stock' });
    await orders.closeOrder({ ...close, state: 'compensated', reason: 'step-failed' });
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'rejected', reason: 'out-of-stock' });
  });

  test('a late repeat of the confirmation does not reopen an order that has ended', async () => {
    const orderId = newOrderId();
    const confirm = () => orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
    await orders.openOrder(entry(orderId, 'run-1'));
    await confirm();
    await orders.closeOrder({ state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total });
    await confirm();
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'completed' });
  });

  test('a first confirmation that comes after the end changes nothing', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const close = { key: `${orderId}:closeOrder:0`, orderId, reason: 'cancelled', detail: 'In the UI.' };
    await orders.closeOrder({ state: 'rejected', ...close });
    await orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'rejected', reason: 'cancelled' });
  });

  test.each(['rejected', 'compensated', 'cancelled'] as const)('closes an order as %s', async (state) => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const close = { key: `${orderId}:closeOrder:0`, orderId, reason: 'a-reason', detail: 'Somehow.' };
    await atOnce(3, () => orders.closeOrder({ state, ...close }));
    expect(await book.orderOf(orderId)).toMatchObject({ state, reason: 'a-reason' });
  });

  test('closes an order as refunded', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const close = { key: `${orderId}:closeOrder:0`, orderId, total, reason: 'parcel-lost', detail: 'Gone.' };
    await atOnce(3, () => orders.closeOrder({ state: 'refunded', ...close }));
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'refunded', reason: 'parcel-lost' });
  });

  test('tells of each refused cancellation once, and leaves the order as it is', async () => {
    const orderId = newOrderId();
    const refuse = (n: number) =>
      orders.refuseCancellation({
        key: `${orderId}:refuseCancellation:${n}`,
        orderId,
        reason: 'too-late',
        detail: `request ${n}`,
      });
    await orders.openOrder(entry(orderId, 'run-1'));
    await orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
    await atOnce(3, () => refuse(1));
    await refuse(2);
    await refuse(1);
    expect(await book.refusalsOf(orderId)).toMatchObject([
      { reason: 'too-late', detail: 'request 1' },
      { reason: 'too-late', detail: 'request 2' },
    ]);
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'confirmed' });
  });

  function amendment(orderId: string, amount = 7_470) {
    const { lines } = orderSubmitted.example;
    const key = `${orderId}:amendOrder:1`;
    const amended = { orderId, revision: 1, lines, total: { ...total, amount }, addressChanged: false };
    return { key, amended };
  }

  test('writes an amendment down once, with its total', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    await atOnce(3, () => orders.amendOrder(amendment(orderId)));
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'placing', amount: 7_470 });
    expect(await book.amendmentsOf(orderId)).toMatchObject([{ revision: 1, total: { amount: 7_470 } }]);
  });

  test('asks about stock once, and leaves the order as it is', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const question = { wanted: [{ sku: 'TEA', quantity: 2 }], available: [{ sku: 'TEA', quantity: 1 }] };
    const key = `${orderId}:askAboutStock:0`;
    await atOnce(3, () => orders.askAboutStock({ key, orderId, ...question }));
    expect(await book.stockQuestionsOf(orderId)).toMatchObject([question]);
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'placing' });
  });

  test('completes an order for what the customer has paid in the end', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const paid = { ...total, amount: 2_490 };
    await orders.closeOrder({ state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total: paid });
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'completed', amount: 2_490 });
  });

  test('asks for another payment method once for each attempt, and leaves the order as it is', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const ask = (attempt: number) => {
      const key = `${orderId}:requestPaymentMethod:${attempt}`;
      return orders.requestPaymentMethod({ key, orderId, total, attempt, detail: 'declined' });
    };
    await atOnce(3, () => ask(1));
    await ask(2);
    expect(await book.paymentMethodRequestedOf(orderId)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'placing' });
  });

  test('does not amend an order that has ended', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    await orders.closeOrder({ state: 'completed', key: `${orderId}:closeOrder:0`, orderId, total });
    await orders.amendOrder(amendment(orderId));
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'completed', amount: total.amount });
    expect(await book.amendmentsOf(orderId)).toEqual([]);
  });

  test('tells of each refused amendment once, and leaves the order as it is', async () => {
    const orderId = newOrderId();
    await orders.openOrder(entry(orderId, 'run-1'));
    const refuse = (n: number) =>
      orders.refuseAmendment({
        key: `${orderId}:refuseAmendment:${n}`,
        orderId,
        reason: 'out-of-stock',
        detail: `request ${n}`,
      });
    await atOnce(3, () => refuse(1));
    await refuse(2);
    expect(await book.amendmentsOf(orderId)).toMatchObject([
      { detail: 'request 1' },
      { detail: 'request 2' },
    ]);
    expect(await book.orderOf(orderId)).toMatchObject({ state: 'placing', amount: total.amount });
  });
}
