import { exampleAddress } from '../../../domains/shop/events/address';
import type { OrderDeadlines } from '../../../activities/shop/orders';
import { COMPENSATION_STUCK, DECIDE, RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../domains/shop/names';
import type { FakeShop } from '../support/fakes';
import type { OrderDriver } from '../support/order/driver';
import { until } from '../../support/until';

/** What a scenario needs: one order to drive, the fakes to steer. */
export interface Stage {
  readonly order: OrderDriver;
  readonly shop: FakeShop;
  readonly pause: (ms: number) => Promise<void>;
}

/** Short enough to wait for, long enough for the scenarios that meet them. */
export const SHORT_DEADLINES: OrderDeadlines = {
  submissionWithinMs: 3_000,
  authorizationWithinMs: 3_000,
  stockDecisionWithinMs: 3_000,
  partialStock: 'cancel',
  restockWithinMs: 3_000,
  restockEveryMs: 500,
  paymentMethodWithinMs: 3_000,
  paymentAttempts: 2,
  renewAuthorizationBeforeMs: 1_000,
  dispatchWithinMs: 3_000,
  deliveryWithinMs: 3_000,
  lostParcel: 'refund',
  stepWithinMs: 3_000,
  compensationWithinMs: 2_000,
  forwardWithinMs: 60_000,
};

/** What the orders of a scenario have other terms than the usual ones for. */
export const TERMS: Readonly<Record<string, Partial<OrderDeadlines>>> = {
  'completed-a-lost-parcel-sent-once-more': { lostParcel: 'reship' },
};

const refusedByCarrier = new RefusalError(REFUSALS.addressNotServed, 'We do not deliver to 00000.');
const amendment = (quantity: number) => ({ lines: [{ sku: 'TEA-GREEN-250', quantity, unitPrice: 2_490 }] });
const elsewhere = { ...exampleAddress, street: 'Am Wall 1' };
const outage = new Error('nobody answers');
const FOR_GOOD = 1_000;

/** The scenarios that an order can take, one history each. */
export const scenarios: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
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
    await order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'voided on the phone' });
  },
  'completed-payment-decided-later': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_pending_then_authorized' });
    await order.authorized();
    await order.dispatched();
    await order.delivered();
  },
  'completed-notification-before-the-order': async ({ order }) => {
    await order.authorized();
    await order.untilState('awaiting-submission');
    await order.submit({ paymentToken: 'tok_pending_then_authorized' });
    await order.dispatched();
    await order.delivered();
  },
  'completed-cancellation-refused': async ({ order }) => {
    await order.submit();
    await order.dispatched();
    await order.untilState('awaiting-delivery');
    await order.cancel();
    await order.delivered();
  },
  'completed-the-carrier-was-asked': async ({ order, shop }) => {
    shop.shipping.answerTracking('delivered');
    await order.submit();
    await order.dispatched();
  },
  'rejected-payment-declined-later': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_pending_then_declined' });
    await order.declined();
  },
  'completed-after-the-customer-has-confirmed-the-payment': async ({ order, shop }) => {
    await order.submit({ paymentToken: 'tok_three_d_secure' });
    await until('the customer is asked', () => shop.log.includes('requestPaymentAction'));
    await order.authorized();
    await order.dispatched();
    await order.delivered();
  },
  'completed-a-forged-dispatch-was-not-believed': async ({ order, shop }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.forged.dispatched('forged');
    await until('it is a dead letter', () => shop.deadLetters.deadLettered.length === 1);
    await order.dispatched();
    await order.delivered();
  },
  'completed-after-the-authorization-was-lifted': async ({ order }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.voided();
    await order.untilState('awaiting-payment-method');
    await order.providePaymentMethod('tok_visa');
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await order.delivered();
  },
  'completed-after-the-authorization-was-renewed': async ({ order, shop }) => {
    shop.payments.authorizationsEnd(Date.now() + 2_000);
    await order.submit();
    await order.untilState('awaiting-dispatch');
    shop.payments.authorizationsEnd(Date.now() + 60_000);
    await until('it is renewed', () => shop.log.includes('renewPayment'));
    await order.dispatched();
    await order.delivered();
  },
  'rejected-payment-overdue': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_pending_forever' });
  },
  'cancelled-before-the-dispatch': async ({ order }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.cancel();
  },
  'cancelled-while-the-payment-is-pending': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_pending_forever' });
    await order.cancel();
  },
  'refunded-parcel-lost': async ({ order }) => {
    await order.submit();
    await order.dispatched();
    await order.lost();
  },
  'completed-payment-refused-and-settled-by-hand': async ({ order, shop }) => {
    shop.fail('capturePayment', new RefusalError(REFUSALS.paymentDeclined, 'The card has expired.'));
    await order.submit();
    await order.dispatched();
    await order.untilState('awaiting-decision');
    await order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'paid by bank transfer' });
    await order.delivered();
  },
  'completed-in-two-parcels': async ({ order, shop }) => {
    shop.inventory.receive('NORTHERN', 5, 'north');
    shop.inventory.receive('SOUTHERN', 5, 'south');
    await order.submit({
      lines: ['NORTHERN', 'SOUTHERN'].map((sku) => ({ sku, quantity: 1, unitPrice: 1_000 })),
    });
    await order.untilState('awaiting-dispatch');
    for (const [at, { shipmentId }] of shop.shipping.shipmentsOf(order.orderId).entries()) {
      await order.dispatched(`dispatched-${at}`, shipmentId);
      await order.delivered(`delivered-${at}`, shipmentId);
    }
  },
  'completed-one-of-two-parcels-was-never-fetched': async ({ order, shop }) => {
    shop.inventory.receive('NORTHERN', 5, 'north');
    shop.inventory.receive('SOUTHERN', 5, 'south');
    await order.submit({
      lines: ['NORTHERN', 'SOUTHERN'].map((sku) => ({ sku, quantity: 1, unitPrice: 1_000 })),
    });
    await order.untilState('awaiting-dispatch');
    const [first] = shop.shipping.shipmentsOf(order.orderId);
    await order.dispatched('dispatched', first?.shipmentId);
    await order.delivered('delivered', first?.shipmentId);
  },
  'compensated-one-of-two-parcels-is-refused': async ({ order, shop }) => {
    shop.inventory.receive('NORTHERN', 5, 'north');
    shop.inventory.receive('BULKY-SOFA', 5, 'south');
    await order.submit({
      lines: ['NORTHERN', 'BULKY-SOFA'].map((sku) => ({ sku, quantity: 1, unitPrice: 1_000 })),
    });
  },
  'completed-a-part-of-it': async ({ order, shop }) => {
    shop.inventory.receive('PARTLY', 1);
    await order.submit({ lines: [{ sku: 'PARTLY', quantity: 3, unitPrice: 1_000 }] });
    await order.untilState('awaiting-stock-decision');
    await order.decideStock('partial');
    await order.dispatched();
    await order.delivered();
  },
  'rejected-the-rest-never-came': async ({ order, shop }) => {
    shop.inventory.receive('PARTLY', 1);
    await order.submit({ lines: [{ sku: 'PARTLY', quantity: 3, unitPrice: 1_000 }] });
    await order.untilState('awaiting-stock-decision');
    await order.decideStock('wait');
  },
  'completed-a-lost-parcel-sent-once-more': async ({ order, shop }) => {
    const parcel = async (at: number) => {
      await until('the parcel is booked', () => shop.shipping.shipmentsOf(order.orderId).length > at);
      return shop.shipping.shipmentsOf(order.orderId)[at]?.shipmentId;
    };
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched('one', await parcel(0));
    await order.lost('lost', await parcel(0));
    await order.dispatched('two', await parcel(1));
    await order.delivered('delivered', await parcel(1));
  },
  'completed-with-another-payment-method': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_declined' });
    await order.untilState('awaiting-payment-method');
    await order.providePaymentMethod('tok_visa');
    await order.dispatched();
    await order.delivered();
  },
  'rejected-no-other-payment-method': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_declined' });
  },
  'rejected-every-payment-method': async ({ order }) => {
    await order.submit({ paymentToken: 'tok_declined' });
    await order.untilState('awaiting-payment-method');
    await order.providePaymentMethod('tok_declined');
  },
  'completed-amended-dearer-and-elsewhere': async ({ order, shop }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.amend({ ...amendment(5), shippingAddress: elsewhere });
    await until('the order is amended', () => shop.log.includes('amendOrder'));
    await order.dispatched();
    await order.delivered();
  },
  'completed-amended-cheaper': async ({ order, shop }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.amend(amendment(1));
    await until('the order is amended', () => shop.log.includes('reduceStock'));
    await order.dispatched();
    await order.delivered();
  },
  'completed-amendment-refused': async ({ order, shop }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    shop.fail('createShipment', refusedByCarrier);
    await order.amend(amendment(5));
    await until('the amendment is refused', () => shop.log.includes('refuseAmendment'));
    await order.dispatched();
    await order.delivered();
  },
  'cancelled-after-an-amendment': async ({ order, shop }) => {
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.amend(amendment(5));
    await until('the order is amended', () => shop.log.includes('amendOrder'));
    await order.cancel();
  },
  'cancelled-and-amended-at-once': async ({ order, shop }) => {
    const booking = shop.hold('createShipment');
    await order.submit();
    await booking.reached;
    await order.amend(amendment(5));
    await order.cancel();
    booking.release();
  },
  duplicate: async ({ order, shop }) => {
    shop.fail('openOrder', new RefusalError(REFUSALS.orderExists, 'Another saga has this order.'));
    await order.submit();
  },
  'cancelled-before-it-was-asked-about-its-stock': async ({ order, shop }) => {
    shop.inventory.receive('PARTLY', 1);
    await order.submit({
      lines: [{ sku: 'PARTLY', quantity: 3, unitPrice: 1_000 }],
      paymentToken: 'tok_pending_forever',
    });
    await until('the stock is refused', () => shop.calls.some(({ step }) => step === 'reserveStock'));
    await order.cancel();
  },
  'refunded-what-was-paid-by-hand': async ({ order, shop }) => {
    shop.fail('capturePayment', new RefusalError(REFUSALS.paymentDeclined, 'The card has expired.'));
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await order.untilState('awaiting-decision');
    await order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'paid by bank transfer' });
    await order.untilState('awaiting-delivery');
    await order.lost();
    await order.untilState('awaiting-decision');
    await order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'by bank transfer' });
  },
};
