import type { OrderDeadlines } from '../../activities/shop/orders';
import { COMPENSATION_STUCK, DECIDE_COMPENSATION, RefusalError } from '../../src/contracts';
import { REFUSALS } from '../../src/domains/shop/names';
import type { FakeShop } from '../support/fakes';
import type { OrderDriver } from '../support/order/driver';

/** What a course needs: one order to drive, the fakes to steer. */
export interface Stage {
  readonly order: OrderDriver;
  readonly shop: FakeShop;
  readonly pause: (ms: number) => Promise<void>;
}

/** Short enough to wait for, long enough for the courses that meet them. */
export const SHORT_DEADLINES: OrderDeadlines = {
  dispatchWithinMs: 3_000,
  deliveryWithinMs: 3_000,
  stepWithinMs: 3_000,
  undoWithinMs: 2_000,
};

const refusedByCarrier = new RefusalError(REFUSALS.addressNotServed, 'We do not deliver to 00000.');
const outage = new Error('nobody answers');
const FOR_GOOD = 1_000;

/** The courses that an order can take, one history each. */
export const courses: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  completed: async ({ order }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await order.untilState('awaiting-delivery');
    await order.delivered();
  },
  'completed-out-of-order-and-repeated': async ({ order }) => {
    await order.submit();
    await order.submit();
    await order.delivered();
    await order.dispatched();
  },
  'completed-after-the-delivery-was-overdue': async ({ order }) => {
    await order.submit();
    await order.dispatched();
    await order.untilState('awaiting-decision');
    await order.delivered();
  },
  'completed-while-our-database-was-away': async ({ order, shop }) => {
    shop.fail('confirmOrder', outage, 4);
    await order.submit();
    await order.dispatched();
    await order.delivered();
  },
  'rejected-card-declined': async ({ order, shop }) => {
    shop.fail('authorizePayment', new RefusalError(REFUSALS.paymentDeclined, 'The card was declined.'));
    await order.submit();
  },
  'rejected-out-of-stock': async ({ order, shop }) => {
    shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'There are none left.'));
    await order.submit();
  },
  'compensated-carrier-refuses': async ({ order, shop }) => {
    shop.fail('createShipment', refusedByCarrier);
    await order.submit();
  },
  'compensated-dispatch-overdue': async ({ order }) => {
    await order.submit();
  },
  'compensated-booking-unknown': async ({ order, shop }) => {
    shop.loseAnswer('createShipment', FOR_GOOD);
    await order.submit();
  },
  'compensated-cancelled-in-the-ui': async ({ order }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.handle.cancel();
  },
  'compensated-after-it-was-stuck': async ({ order, shop }) => {
    shop.fail('createShipment', refusedByCarrier);
    shop.fail('voidPayment', outage, FOR_GOOD);
    await order.submit();
    await order.untilState(COMPENSATION_STUCK);
    await order.handle.signal(DECIDE_COMPENSATION, { kind: 'done-by-hand', reason: 'voided on the phone' });
  },
  duplicate: async ({ order, shop }) => {
    shop.fail('openOrder', new RefusalError(REFUSALS.orderExists, 'Another saga has this order.'));
    await order.submit();
  },
};
