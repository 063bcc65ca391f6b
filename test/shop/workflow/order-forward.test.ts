// Where there is no way back nothing is repeated for ever in silence: a person is asked, and the order goes forward.
import type { Stuck } from '../../../src/contracts';
import { DECIDE, DefectError, FAILURES, RefusalError, STEP_STUCK, STUCK } from '../../../src/contracts';
import { REFUSALS } from '../../../domains/shop/names';
import type { ShopStep } from '../support/fakes';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';
import { untilGivenUp } from '../support/order/waits';

const stage = setStage('forward');

const away = new Error('nobody answers');
/** More than there are attempts within the deadline. */
const FOR_GOOD = 1_000;
/** Attempts within it, after 0, 0.2, 0.4, … 25.6 s, and then every half minute. */
const UNTIL_GIVEN_UP = 27;

const asked = ({ handle }: OrderDriver) => handle.query<Stuck | null>(STUCK);
const decide = ({ handle }: OrderDriver, kind: 'retry' | 'skip' | 'done-by-hand') =>
  handle.executeUpdate(DECIDE, { args: [{ kind, reason: 'seen to' }] });

async function leaving(): Promise<OrderDriver> {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  await order.dispatched();
  return order;
}

async function givenUp(order: OrderDriver, step: ShopStep, state: string): Promise<void> {
  await until('it is tried', () => stage.shop.calls.some((call) => call.step === step));
  await stage.env.sleep(DEADLINES.forwardWithinMs + 1_000);
  await order.untilState(state);
}

test.each(['shipStock', 'closeOrder', 'notifyCustomer'] as const)(
  '%s that fails is given up, and a person is asked; tried again, the order completes',
  async (step) => {
    stage.shop.fail(step, away, UNTIL_GIVEN_UP + (step === 'closeOrder' ? 3 : 0));
    const order = await leaving();
    if (step !== 'shipStock') await order.delivered();
    await givenUp(order, step, STEP_STUCK);
    expect(await asked(order)).toMatchObject({ what: step, message: 'nobody answers' });
    await decide(order, 'retry');
    if (step === 'shipStock') {
      // It is where it was, and waits for nobody.
      await order.untilState('awaiting-delivery');
      await order.delivered();
    }
    expect((await order.result()).state).toBe('completed');
    expect(stage.shop.log.filter((each) => each === step)).toHaveLength(1);
  },
);

test('a notification is heard while a person is asked', async () => {
  stage.shop.fail('shipStock', new DefectError(FAILURES.notStorable, 'not a number'));
  const order = await leaving();
  await order.untilState(STEP_STUCK);
  await order.delivered();
  await decide(order, 'retry');
  expect((await order.result()).state).toBe('completed');
});

test('a message that cannot be sent is skipped, and the order is closed all the same', async () => {
  stage.shop.fail('notifyCustomer', new DefectError(FAILURES.invalidInput, 'no address'));
  const order = await leaving();
  await order.delivered();
  await order.untilState(STEP_STUCK);
  await decide(order, 'skip');
  expect((await order.result()).state).toBe('completed');
});

test('of an order that was compensated as well', async () => {
  stage.shop.fail('createShipment', new RefusalError(REFUSALS.addressNotServed, 'not there'));
  stage.shop.fail('notifyCustomer', new DefectError(FAILURES.invalidInput, 'no address'));
  const order = stage.newOrder();
  await order.submit();
  await order.untilState(STEP_STUCK);
  await decide(order, 'retry');
  expect((await order.result()).state).toBe('compensated');
});

describe('the payment', () => {
  const captureKeys = () =>
    stage.shop.calls
      .filter(({ step }) => step === 'capturePayment')
      .map(({ input }) => (input as { key: string }).key);

  test('that cannot be taken in time is a person’s turn; tried again, under the same key', async () => {
    stage.shop.loseAnswer('capturePayment', UNTIL_GIVEN_UP);
    const order = await leaving();
    await givenUp(order, 'capturePayment', 'awaiting-decision');
    expect(await asked(order)).toMatchObject({ what: 'capturePayment' });
    await decide(order, 'retry');
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(new Set(captureKeys()).size).toBe(1);
    expect(stage.shop.log.filter((each) => each === 'capturePayment')).toHaveLength(1);
  });

  test.each([REFUSALS.paymentVoided, REFUSALS.paymentDeclined])(
    'that is refused, %s, is a person’s turn at once',
    async (type) => {
      stage.shop.fail('capturePayment', new RefusalError(type, 'no'));
      const order = await leaving();
      await order.untilState('awaiting-decision');
      expect(stage.shop.calls.filter(({ step }) => step === 'capturePayment')).toHaveLength(1);
      await decide(order, 'done-by-hand');
      await order.delivered();
      expect((await order.result()).state).toBe('completed');
    },
  );

  test('that was refused is tried again under a key of its own: the refused one’s is spent', async () => {
    stage.shop.fail('capturePayment', new RefusalError(REFUSALS.paymentDeclined, 'no'));
    const order = await leaving();
    await order.untilState('awaiting-decision');
    await decide(order, 'retry');
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(captureKeys()).toEqual([0, 1].map((number) => `${order.orderId}:capturePayment:${number}`));
  });
});

describe('an order that cannot be entered', () => {
  test('because of a defect is shown to a person, and entered when it is mended', async () => {
    stage.shop.fail('openOrder', new DefectError(FAILURES.notStorable, 'not a number'));
    const order = stage.newOrder();
    await order.submit();
    await order.untilState(STEP_STUCK);
    expect(await asked(order)).toMatchObject({ what: 'openOrder' });
    await decide(order, 'retry');
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });
});

test('an old booking that cannot be withdrawn keeps the amendment from being made, when a person says so', async () => {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  stage.shop.fail('cancelShipment', away, FOR_GOOD);
  await order.amend({ lines: [{ sku: 'TEA-GREEN-250', quantity: 1, unitPrice: 2_490 }] });
  await givenUp(order, 'cancelShipment', STEP_STUCK);
  expect(await asked(order)).toMatchObject({ what: 'cancelShipment' });
  await decide(order, 'skip');
  // The new booking is cancelled in vain as well.
  await order.untilState('awaiting-dispatch');
  await untilGivenUp(stage.env, order, {
    withinMs: DEADLINES.compensationWithinMs,
    state: 'compensation-stuck',
  });
  await decide(order, 'done-by-hand');
  await until('the amendment is refused', () => stage.shop.orders.amendmentsOf(order.orderId).length === 1);
  const parcel = `shp_${order.orderId}_1`;
  await order.dispatched('dispatched', parcel);
  await order.delivered('delivered', parcel);
  expect((await order.result()).state).toBe('completed');
});
