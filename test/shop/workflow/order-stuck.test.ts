import type { Decision, Stuck } from '../../../src/contracts';
import { COMPENSATION_STUCK, DECIDE, FAILURES, RefusalError, STUCK } from '../../../src/contracts';
import * as events from '../../../domains/shop/events';
import type { SubmittedOrder } from '../../../domains/shop/events/orders';
import { REFUSALS } from '../../../domains/shop/names';
import { orderTotal } from '../../../domains/shop/rules/pricing';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { compensationsIn } from '../support/order/compensations';
import { untilGivenUp } from '../support/order/waits';

/** What the order of the example costs: one person decides about it. */
const { amount: ABOVE } = orderTotal(events.orderSubmitted.example);
const stage = setStage('stuck', { fourEyesAbove: ABOVE });

/** Attempts that a compensation makes in its 30 seconds, at 0.2, 0.4, 0.8 … 12.8 s from each other. */
const UNTIL_STUCK = 8;
/** More than that, also when a person has it tried again. */
const FOR_GOOD = 1_000;

const newOrder = () => stage.newOrder();
const decide = ({ handle }: OrderDriver, decision: Decision) => handle.signal(DECIDE, decision);

/** An order that the carrier refuses, and whose payment cannot be voided. */
async function stuckOrder(failures: number): Promise<OrderDriver> {
  stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not there'));
  stage.shop.fail('voidPayment', new Error('the provider is closed'), failures);
  const order = newOrder();
  await order.submit();
  await order.untilState('compensating');
  await untilGivenUp(stage.env, order, {
    withinMs: DEADLINES.compensationWithinMs,
    state: COMPENSATION_STUCK,
  });
  return order;
}

describe('a compensation that keeps failing', () => {
  test('stands as stuck; done by hand, the rest is compensated', async () => {
    const order = await stuckOrder(FOR_GOOD);
    expect(stage.shop.log).not.toContain('releaseStock');
    expect((await order.handle.query<Stuck>(STUCK)).value).toEqual({
      ...{ amount: ABOVE, currency: events.orderSubmitted.example.currency, digits: 2 },
    });
    await decide(order, { kind: 'done-by-hand', reason: 'voided on the phone' });
    expect((await order.result()).state).toBe('compensated');
    expect(stage.shop.log.slice(-3)).toEqual(['releaseStock', 'closeOrder', 'notifyCustomer']);
  });

  test('tried again, it is compensated in its turn', async () => {
    const order = await stuckOrder(UNTIL_STUCK);
    await decide(order, { kind: 'retry' });
    expect((await order.result()).state).toBe('compensated');
    expect(stage.shop.log.slice(-4)).toEqual(['voidPayment', 'releaseStock', 'closeOrder', 'notifyCustomer']);
  });

  test('tried again in vain, it stands as stuck again', async () => {
    const order = await stuckOrder(FOR_GOOD);
    await decide(order, { kind: 'retry' });
    await order.untilState('compensating');
    await untilGivenUp(stage.env, order, {
      withinMs: DEADLINES.compensationWithinMs,
      state: COMPENSATION_STUCK,
    });
    await decide(order, { kind: 'skip', reason: 'enough' });
    expect((await order.result()).state).toBe('compensated');
  });
});

test('a decision that nobody has asked for changes nothing', async () => {
  const order = newOrder();
  await order.submit();
  await decide(order, { kind: 'skip', reason: 'too early' });
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
});

test.each([null, 'retry', {}, { kind: 'Retry' }, { kind: 'skip' }, { kind: 'done-by-hand', reason: '' }])(
  'a decision that makes no sense (%j) changes nothing, and the right one can still be made',
  async (nonsense) => {
    const order = await stuckOrder(UNTIL_STUCK);
    await order.handle.signal(DECIDE, nonsense);
    expect(await order.state()).toBe(COMPENSATION_STUCK);
    await decide(order, { kind: 'retry' });
    expect((await order.result()).state).toBe('compensated');
    // Taken for a skip, it would have left the hold on the card.
    expect(stage.shop.log).toContain('voidPayment');
  },
);

describe('a payment that is refused when the parcel has left', () => {
  async function unpaidOrder(changes: Partial<SubmittedOrder> = {}): Promise<OrderDriver> {
    stage.shop.fail('capturePayment', new RefusalError(REFUSALS.paymentDeclined, 'the card has expired'));
    const order = newOrder();
    await order.submit(changes);
    await order.dispatched();
    await order.untilState('awaiting-decision');
    return order;
  }

  test('is let go when a person says so; nothing that has left is compensated', async () => {
    const order = await unpaidOrder();
    await decide(order, { kind: 'skip', reason: 'a good customer' });
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(compensationsIn(stage.shop.log)).toEqual([]);
  });

  test('is let go by two people where it is more than one person decides about', async () => {
    const lines = events.orderSubmitted.example.lines.map((line) => ({
      ...line,
      unitPrice: line.unitPrice + 1,
    }));
    const order = await unpaidOrder({ lines });
    const skip = { kind: 'skip', reason: 'a good customer', by: 'ada', audit: 1 } as const;
    await decide(order, skip);
    const update = (decision: object) => order.handle.executeUpdate(DECIDE, { args: [decision] });
    await expect(update(skip)).rejects.toMatchObject({ cause: { type: FAILURES.notApproved } });
    expect(await order.state()).toBe('awaiting-decision');
    await update({ ...skip, approvedBy: 'bob', approval: 2 });
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

  test('and a parcel that gets lost then: of what was never taken nothing is given back', async () => {
    const order = await unpaidOrder();
    await decide(order, { kind: 'skip', reason: 'a good customer' });
    await order.untilState('awaiting-delivery');
    await order.lost();
    expect((await order.result()).state).toBe('refunded');
    expect(stage.shop.calls.map(({ step }) => step)).not.toContain('refundPayment');
  });
});

describe('a cancellation from the Temporal UI', () => {
  test('while the payment is being taken changes nothing: the parcel has left', async () => {
    const order = newOrder();
    const taking = stage.shop.hold('capturePayment');
    await order.submit();
    await order.dispatched();
    await taking.reached;
    await order.handle.cancel();
    taking.release();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

  test('while the order is being entered closes it as rejected', async () => {
    const order = newOrder();
    // Our database is away at first: the step has become an ordinary activity when the cancellation comes.
    stage.shop.fail('openOrder', new Error('no database'), 3);
    const entering = stage.shop.hold('openOrder', 'after');
    await order.submit();
    await entering.reached;
    await order.handle.cancel();
    entering.release();
    expect((await order.result()).state).toBe('rejected');
    expect(stage.shop.orders.orderOf(order.orderId)).toMatchObject({
      state: 'rejected',
      reason: 'cancelled',
    });
  });

  test('afterwards changes nothing: there is no way back', async () => {
    const order = newOrder();
    await order.submit();
    await order.dispatched();
    const shipping = stage.shop.hold('shipStock');
    await shipping.reached;
    await order.handle.cancel();
    shipping.release();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });
});
