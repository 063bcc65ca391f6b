// What a tool is told of a saga that waits for a person, and how it decides: a query and an update.
import { COMPENSATION_STUCK, DECIDE, FAILURES, RefusalError, STUCK } from '../../../src/contracts';
import type { Stuck } from '../../../src/contracts';
import { REFUSALS } from '../../../domains/shop/names';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { untilGivenUp } from '../support/order/waits';

const stage = setStage('stuck-query');
const FOR_GOOD = 1_000;

const stuck = ({ handle }: OrderDriver) => handle.query<Stuck | null>(STUCK);
const decide = ({ handle }: OrderDriver, decision: unknown) =>
  handle.executeUpdate(DECIDE, { args: [decision] });
const refusedAs = (type: string) => ({ cause: { type } });

/** Two compensations fail, one after the other. */
async function stuckOrder(): Promise<OrderDriver> {
  stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not there'));
  stage.shop.fail('voidPayment', new Error('the provider is closed'), FOR_GOOD);
  stage.shop.fail('releaseStock', new Error('the warehouse is closed'), FOR_GOOD);
  const order = stage.newOrder();
  await order.submit();
  await untilStuck(order);
  return order;
}

async function untilStuck(order: OrderDriver): Promise<void> {
  await order.untilState('compensating');
  await untilGivenUp(stage.env, order, {
    withinMs: DEADLINES.compensationWithinMs,
    state: COMPENSATION_STUCK,
  });
}

test('says what is stuck, since when, how often it was tried and what can be decided', async () => {
  const before = await stage.env.currentTimeMs();
  const order = await stuckOrder();
  const first = await stuck(order);
  expect(first).toEqual({
    state: COMPENSATION_STUCK,
    what: 'voidPayment',
    message: 'the provider is closed',
    since: expect.any(String),
    tried: 1,
    value: { amount: 4980, currency: 'EUR', digits: 2 },
    decisions: ['retry', 'skip', 'done-by-hand'],
  });
  expect(Date.parse(first?.since ?? '')).toBeGreaterThan(before);

  await decide(order, { kind: 'retry' });
  expect(await stuck(order)).toBeNull();
  await untilStuck(order);
  expect(await stuck(order)).toMatchObject({ what: 'voidPayment', tried: 2 });

  await decide(order, { kind: 'skip', reason: 'enough', about: 'voidPayment' });
  await untilStuck(order);
  expect(await stuck(order)).toMatchObject({ what: 'releaseStock', tried: 1 });
  await decide(order, { kind: 'done-by-hand', reason: 'put back' });
  expect((await order.result()).state).toBe('compensated');
  expect(await stuck(order)).toBeNull();
});

describe('a decision is refused', () => {
  test('while nothing has to be decided', async () => {
    const order = stage.newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    expect(await stuck(order)).toBeNull();
    await expect(decide(order, { kind: 'retry' })).rejects.toMatchObject(refusedAs(FAILURES.notStuck));
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

  test('when it is about something else, or no decision at all; the question stands', async () => {
    const order = await stuckOrder();
    const elsewhere = { kind: 'skip', reason: 'put back', about: 'releaseStock' };
    await expect(decide(order, elsewhere)).rejects.toMatchObject(refusedAs(FAILURES.notStuck));
    await order.handle.signal(DECIDE, elsewhere);
    await expect(decide(order, { kind: 'skip' })).rejects.toMatchObject(refusedAs(FAILURES.invalidInput));
    expect(await stuck(order)).toMatchObject({ what: 'voidPayment' });
    await decide(order, { kind: 'skip', reason: 'enough' });
    await untilStuck(order);
    await decide(order, { kind: 'skip', reason: 'enough' });
    expect((await order.result()).state).toBe('compensated');
    expect(stage.shop.log).not.toContain('voidPayment');
  });
});
