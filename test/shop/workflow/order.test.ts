import { COMPENSATION_STUCK, DECIDE, DefectError, FAILURES, RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../domains/shop/names';
import { setStage } from '../support/order/stage';

const stage = setStage('order');

const newOrder = () => stage.newOrder();
const outage = new Error('nobody answers');

describe('an order that goes well', () => {
  test('is paid when it leaves and complete when it arrives', async () => {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    expect(stage.shop.log.slice(0, 5).toSorted()).toEqual(
      ['openOrder', 'reserveStock', 'authorizePayment', 'confirmOrder', 'createShipment'].toSorted(),
    );
    await order.dispatched();
    await order.untilState('awaiting-delivery');
    await order.delivered();

    const { state, seen } = await order.result();
    expect(state).toBe('completed');
    expect(seen).toEqual(['/test submitted', '/test dispatched', '/test delivered']);
    expect(stage.shop.log.slice(5)).toEqual(['capturePayment', 'shipStock', 'closeOrder', 'notifyCustomer']);
    expect(stage.shop.orders.orderOf(order.orderId)?.state).toBe('completed');
  });

  test('reserves stock and holds the payment side by side', async () => {
    const { shop } = stage;
    const [reserving, authorising] = [shop.hold('reserveStock'), shop.hold('authorizePayment')];
    const order = newOrder();
    await order.submit();
    await Promise.all([reserving.reached, authorising.reached]);
    reserving.release();
    authorising.release();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
  });

  test('takes each event once, however often it comes', async () => {
    const order = newOrder();
    await order.submit();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    const steps = stage.shop.calls.map(({ step }) => step).filter((step) => step !== 'trackShipment');
    expect(steps.length).toBe(new Set(steps).size);
  });

  test('does not mind a delivery that is told before the dispatch', async () => {
    const order = newOrder();
    await order.submit();
    await order.delivered();
    await order.dispatched();
    expect((await order.result()).state).toBe('completed');
  });

  test('does a step once whose answer got lost', async () => {
    const { shop } = stage;
    for (const step of [
      'reserveStock',
      'authorizePayment',
      'createShipment',
      'capturePayment',
      'closeOrder',
    ] as const) {
      shop.loseAnswer(step);
    }
    const order = newOrder();
    await order.submit();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(shop.log.length).toBe(new Set(shop.log).size);
  });
});

describe('a refusal', () => {
  test('of the warehouse: the payment is voided, also when it was held after the refusal', async () => {
    const { shop } = stage;
    const authorising = shop.hold('authorizePayment');
    shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'none left'));
    const order = newOrder();
    await order.submit();
    await authorising.reached;
    authorising.release();
    expect((await order.result()).state).toBe('rejected');
    expect(shop.log).toEqual([
      'openOrder',
      'authorizePayment',
      'voidPayment',
      'closeOrder',
      'notifyCustomer',
    ]);
  });

  test('of both: nothing is compensated', async () => {
    stage.shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'none left'));
    stage.shop.fail('authorizePayment', new RefusalError(REFUSALS.paymentDeclined, 'declined'));
    const order = newOrder();
    await order.submit();
    expect((await order.result()).state).toBe('rejected');
    expect(stage.shop.log).toEqual(['openOrder', 'closeOrder', 'notifyCustomer']);
  });
});

describe('a step that is given up', () => {
  test('on our own database is tried as a local activity, then as an ordinary one', async () => {
    stage.shop.fail('confirmOrder', outage, 40);
    const order = newOrder();
    await order.submit();
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    const { events } = await order.handle.fetchHistory();
    const ordinary = (events ?? []).map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
    );
    expect(ordinary.filter((name) => name === 'confirmOrder')).toHaveLength(1);
  });
});

describe('a defect: final, and nobody knows the effect', () => {
  const spoilt = new DefectError(FAILURES.providerAnswer, 'an answer that does not fit');

  test('where the compensation has one as well, a person is asked at once', async () => {
    const { shop } = stage;
    shop.spoilAnswer('createShipment', spoilt);
    shop.fail('cancelShipment', spoilt);
    const order = newOrder();
    await order.submit();
    await order.untilState(COMPENSATION_STUCK);
    expect(shop.calls.filter(({ step }) => step === 'cancelShipment')).toHaveLength(1);
    await order.handle.signal(DECIDE, { kind: 'retry' });
    expect((await order.result()).state).toBe('compensated');
    expect(shop.log).toContain('cancelShipment');
  });

  test('of a value that PostgreSQL cannot store, after the provider has booked, the booking is cancelled', async () => {
    const { shop } = stage;
    const notStorable = Object.assign(new Error('invalid byte sequence'), { code: '22021' });
    shop.spoilAnswer('createShipment', notStorable);
    const order = newOrder();
    await order.submit();
    expect((await order.result()).state).toBe('compensated');
    expect(shop.log).toContain('cancelShipment');
  });
});
