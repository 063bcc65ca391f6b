import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Stuck } from '../../../../src/contracts';
import {
  COMPENSATION_STUCK,
  DECIDE,
  DefectError,
  FAILURES,
  RefusalError,
  StepCompensatedError,
  STUCK as QUESTION,
} from '../../../../src/contracts';
import { EVENTS, REASONS, REFUSALS } from '../../../../domains/shop/names';
import type { FakeShop } from '../fakes';
import { until } from '../../../support/until';
import type { OrderDriver } from './driver';
import { DEADLINES } from './environment';
import { compensationsIn } from './compensations';
import { untilGivenUp, untilItWaits } from './waits';

/** What a path through the table needs: an order to drive, the fakes to control, and the server's time. */
export interface Way {
  readonly order: OrderDriver;
  readonly shop: FakeShop;
  readonly env: TestWorkflowEnvironment;
}

type Drive = (way: Way) => Promise<void>;

const refusedByCarrier = new RefusalError(REFUSALS.addressNotServed, 'not there');
const cardExpired = new RefusalError(REFUSALS.paymentDeclined, 'the card has expired');
/** For a failure after an effect: the answer about it cannot be used. */
const spoilt = new DefectError(FAILURES.providerAnswer, 'the answer of the carrier does not fit');
const FOR_GOOD = 1_000;
/** Attempts of a compensation within its deadline of half a minute, after 0, 0.2, 0.4, … 12.8 s. */
const UNTIL_GIVEN_UP = 8;
const SECOND = 1_000;
const pending = { paymentToken: 'tok_pending_then_authorized' };

const counted = (shop: FakeShop, step: string) => shop.log.filter((each) => each === step).length;

const submitted: Drive = ({ order }) => order.submit();
const booked: Drive = async (way) => {
  await submitted(way);
  await way.order.untilState('awaiting-dispatch');
};
const dispatched: Drive = async (way) => {
  await booked(way);
  await way.order.dispatched();
  await way.order.untilState('awaiting-delivery');
};
const delivered: Drive = async (way) => {
  await dispatched(way);
  await way.order.delivered();
};
const lost: Drive = async (way) => {
  await dispatched(way);
  await way.order.lost();
};
/** The parcel cannot be found: a person decides. */
const overdue: Drive = async (way) => {
  await dispatched(way);
  await way.env.sleep(DEADLINES.deliveryWithinMs + SECOND);
  expect(await way.order.state()).toBe('awaiting-delivery');
  await way.env.sleep(DEADLINES.deliveryWithinMs + SECOND);
  await way.order.untilState('awaiting-decision');
  // Asked about the notification of the dispatch, and after the first deadline.
  expect(way.shop.calls.filter(({ step }) => step === 'trackShipment')).toHaveLength(2);
};
const unpaid: Drive = async (way) => {
  way.shop.fail('capturePayment', cardExpired);
  await booked(way);
  await way.order.dispatched();
  await way.order.untilState('awaiting-decision');
  await way.order.handle.signal(DECIDE, { kind: 'retry' });
  await way.order.delivered();
};
/** The card was refused; a person has taken the money in another way. */
const paidByHand: Drive = async (way) => {
  way.shop.fail('capturePayment', cardExpired);
  await booked(way);
  await way.order.dispatched();
  await way.order.untilState('awaiting-decision');
  await way.order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'paid by bank transfer' });
  await way.order.untilState('awaiting-delivery');
};
/** A person has to refund what was paid by hand. */
const givenBackByHand =
  (reached: Drive): Drive =>
  async (way) => {
    await reached(way);
    await way.order.lost();
    await until('a person is asked', async () => (await stuckIn(way))?.what === 'refundPayment');
    await way.order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'by bank transfer' });
    await way.order.result();
    expect(way.shop.calls.map(({ step }) => step)).not.toContain('refundPayment');
  };
/** The provider refuses the refund; a person decides. */
const notGivenBack =
  (reached: Drive, decision: object, refunds: number): Drive =>
  async (way) => {
    way.shop.fail('refundPayment', new Error('the account is empty'), UNTIL_GIVEN_UP);
    await reached(way);
    await until('it is tried', () => way.shop.calls.some(({ step }) => step === 'refundPayment'));
    await way.env.sleep(DEADLINES.compensationWithinMs + SECOND);
    await until('a person is asked', async () => (await stuckIn(way))?.what === 'refundPayment');
    await way.order.handle.signal(DECIDE, decision);
    await way.order.result();
    expect(counted(way.shop, 'refundPayment')).toBe(refunds);
  };
const stuckIn = ({ order }: Way) => order.handle.query<Stuck | null>(QUESTION);
const cancelledAt = (reached: Drive): Drive => {
  return async (way) => {
    await reached(way);
    await way.order.cancel();
  };
};
/** An activity that outlives its workflow would stop time-skipping for the rest of the server's life: none runs at the cancellation. */
const cancelledInUiAt = (reached: Drive): Drive => {
  return async (way) => {
    await reached(way);
    await untilItWaits(way.order, { pendingActivities: 0 });
    await way.order.handle.cancel();
  };
};
const dearer = { lines: [{ sku: 'TEA-GREEN-250', quantity: 3, unitPrice: 2_490 }] };
const amendedAt = (reached: Drive): Drive => {
  return async (way) => {
    await reached(way);
    await way.order.amend(dearer);
  };
};
/** A request that comes while the order is being compensated. */
const requestedWhileCompensated = (request: (order: OrderDriver) => Promise<void>, answer: string): Drive => {
  return async ({ order, shop }) => {
    shop.fail('createShipment', refusedByCarrier);
    const voiding = shop.hold('voidPayment');
    await order.submit();
    await voiding.reached;
    await request(order);
    voiding.release();
    await order.result();
    expect(counted(shop, answer)).toBe(1);
  };
};
/** An amendment while the order is placed; the stock that it has reserved cannot be given back at first. */
const amendmentStuck =
  (reached: (way: Way) => Promise<() => void>): Drive =>
  async (way) => {
    const { order, shop, env } = way;
    const goOn = await reached(way);
    shop.fail('releaseStock', new Error('the warehouse is closed'), FOR_GOOD);
    await order.amend(dearer);
    goOn();
    await until('the amendment is compensated', () => shop.calls.some(({ step }) => step === 'releaseStock'));
    await untilGivenUp(env, order, { withinMs: DEADLINES.compensationWithinMs, state: COMPENSATION_STUCK });
    await order.handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'counted by hand' });
    await order.untilState('awaiting-dispatch');
    expect(counted(shop, 'refuseAmendment')).toBe(1);
    await order.dispatched();
    await order.delivered();
  };
const stuck: Drive = async ({ order, shop, env }) => {
  shop.fail('createShipment', refusedByCarrier);
  shop.fail('voidPayment', new Error('the provider is closed'), FOR_GOOD);
  await order.submit();
  await order.untilState('compensating');
  await untilGivenUp(env, order, { withinMs: DEADLINES.compensationWithinMs, state: COMPENSATION_STUCK });
  await order.handle.signal(DECIDE, { kind: 'skip', reason: 'voided on the phone' });
  await order.result();
  expect([counted(shop, 'voidPayment'), counted(shop, 'releaseStock')]).toEqual([0, 1]);
};
const declined: Drive = ({ order }) => order.submit({ paymentToken: 'tok_declined' });
/** The order waits for another payment method. */
const asked: Drive = async (way) => {
  await declined(way);
  await way.order.untilState('awaiting-payment-method');
};
/** One piece of three is in stock. */
const partlyThere: Drive = async ({ order, shop }) => {
  shop.inventory.receive('PARTLY', 1);
  await order.submit({ lines: [{ sku: 'PARTLY', quantity: 3, unitPrice: 1_000 }] });
};
const stockAsked: Drive = async (way) => {
  await partlyThere(way);
  await way.order.untilState('awaiting-stock-decision');
};
const decidedAs = (decision: 'wait' | 'partial' | 'cancel'): Drive => {
  return async (way) => {
    await stockAsked(way);
    await way.order.decideStock(decision);
  };
};
const waiting: Drive = async (way) => {
  await decidedAs('wait')(way);
  await way.order.untilState('awaiting-stock');
};
const opened: Drive = async ({ order }) => {
  await order.authorized();
  await order.untilState('awaiting-submission');
};
const neverSubmitted: Drive = async (way) => {
  await opened(way);
  await neverSubmittedAfter(way);
};

/** The request is answered with an event, and nothing else happens. */
const answered =
  (drive: Drive, end: Drive, answer = 'refuseCancellation'): Drive =>
  async (way) => {
    await drive(way);
    await end(way);
    await way.order.result();
    expect(counted(way.shop, answer)).toBe(1);
    expect(compensationsIn(way.shop.log)).toEqual([]);
  };
const delivery: Drive = ({ order }) => order.delivered();

const COMPLETED = ['placing', 'awaiting-dispatch', 'awaiting-delivery', 'completed'];
const LOST = ['placing', 'awaiting-dispatch', 'awaiting-delivery', 'refunded'];
const DECIDED = ['placing', 'awaiting-dispatch', 'awaiting-delivery', 'awaiting-decision'];
const REJECTED = ['placing', 'compensating', 'rejected'];
const ASKED = ['placing', 'awaiting-stock-decision'];
const UNPAID = ['placing', 'awaiting-payment-method', 'compensating', 'rejected'];
const COMPENSATED = ['placing', 'compensating', 'compensated'];
const COMPENSATED_LATE = ['placing', 'awaiting-dispatch', 'compensating'];
const STUCK = ['placing', 'compensating', COMPENSATION_STUCK, 'compensating', 'compensated'];

/** Rows in which a person, or another saga, has settled what the order itself does not compensate or capture. */
export const SETTLED_ELSEWHERE: readonly string[] = [
  'placing, compensation-failed',
  'awaiting-dispatch, compensation-failed',
  'compensating, compensation-failed',
  `${COMPENSATION_STUCK}, compensation-decided`,
  'awaiting-delivery, compensated-meanwhile',
  'awaiting-delivery, paid-by-hand',
  'awaiting-decision, paid-by-hand',
  'awaiting-decision, refund-failed',
];

/**
 * A path through each row of the order's table of transitions: how to drive a real workflow along it, all states that it then
 * shows, and the reason in its final record.
 */
export const WAYS: Readonly<
  Record<string, readonly [drive: Drive, shown: readonly string[], reason?: string]>
> = {
  'awaiting-submission, orders.submitted': [
    async (way) => {
      await opened(way);
      // The early notification decides: no deadline passes while the order waits for the decision.
      await way.order.submit(pending);
      await way.order.untilState('awaiting-dispatch');
      await way.order.dispatched();
      await way.order.delivered();
    },
    ['placing', 'awaiting-submission', ...COMPLETED],
  ],
  'awaiting-submission, submission-overdue': [neverSubmitted, ['placing', 'awaiting-submission']],
  'awaiting-submission, cancelled-in-ui': [
    async (way) => {
      await cancelledInUiAt(opened)(way);
      await neverSubmittedAfter(way);
    },
    ['placing', 'awaiting-submission'],
  ],
  'placing, opened-by-notification': [neverSubmitted, ['placing', 'awaiting-submission']],
  'placing, payments.authorized': [
    async ({ order, shop }) => {
      await order.submit(pending);
      await order.authorized();
      await order.dispatched();
      await order.delivered();
      await order.result();
      expect(shop.calls.filter(({ step }) => step === 'confirmPayment')).toHaveLength(1);
    },
    COMPLETED,
  ],
  'placing, payments.declined': [
    async ({ order, shop }) => {
      await order.submit(pending);
      await order.declined();
      await order.result();
      expect(shop.calls.filter(({ step }) => step === 'confirmPayment')).toHaveLength(1);
    },
    UNPAID,
    REASONS.paymentMethodOverdue,
  ],
  'placing, payments.voided': [
    async ({ order, shop }) => {
      await order.submit(pending);
      await until('the payment is pending', () => counted(shop, 'authorizePayment') === 1);
      await order.voided();
      await order.result();
      expect(shop.calls.filter(({ step }) => step === 'confirmPayment')).toHaveLength(1);
    },
    UNPAID,
  ],
  'placing, authorization-lost': [
    async (way) => {
      await waiting(way);
      await way.order.voided();
      await until('it is heard', () => way.shop.calls.some(({ step }) => step === 'confirmPayment'));
      way.shop.inventory.receive('PARTLY', 5);
      await way.env.sleep(DEADLINES.restockEveryMs + SECOND);
    },
    [...ASKED, 'awaiting-stock', ...UNPAID],
  ],
  'awaiting-stock-decision, payments.voided': [
    async (way) => {
      await stockAsked(way);
      await way.order.voided();
      await until('it is heard', () => way.shop.calls.some(({ step }) => step === 'confirmPayment'));
      await way.order.decideStock('partial');
    },
    [...ASKED, ...UNPAID],
  ],
  'awaiting-stock, payments.voided': [
    async (way) => {
      await waiting(way);
      await way.order.voided();
      await until('it is heard', () => way.shop.calls.some(({ step }) => step === 'confirmPayment'));
      await way.order.cancel();
    },
    [...ASKED, 'awaiting-stock', 'compensating', 'cancelled'],
  ],
  'awaiting-dispatch, payments.voided': [
    async (way) => {
      await booked(way);
      await way.order.forged.voided();
      await until('it is asked about', () => way.shop.deadLetters.deadLettered.length === 1);
      expect(way.shop.deadLetters.deadLettered).toMatchObject([{ reason: 'unconfirmed' }]);
      await way.order.dispatched();
      await way.order.delivered();
    },
    COMPLETED,
  ],
  'awaiting-dispatch, authorization-lost': [
    async (way) => {
      await booked(way);
      await way.order.voided();
      await way.order.untilState('awaiting-payment-method');
      await way.order.providePaymentMethod('tok_visa');
      await way.order.untilState('awaiting-dispatch');
      await way.order.dispatched();
      await way.order.delivered();
    },
    ['placing', 'awaiting-dispatch', 'awaiting-payment-method', ...COMPLETED],
  ],
  'awaiting-dispatch, step-defect': [
    async (way) => {
      await booked(way);
      way.shop.fail('requestPaymentMethod', spoilt);
      await way.order.voided();
    },
    [...COMPENSATED_LATE, 'compensated'],
  ],
  'awaiting-dispatch, step-refused': [
    async (way) => {
      // As often as the payment may be tried.
      for (let hold = 1; hold < DEADLINES.paymentAttempts; hold++) {
        if (hold === 1) await booked(way);
        await way.order.voided(`voided-${hold}`);
        await way.order.untilState('awaiting-payment-method');
        await way.order.providePaymentMethod('tok_visa', `payment-method-${hold}`);
        await way.order.untilState('awaiting-dispatch');
      }
      await way.order.voided('the last');
    },
    [
      'placing',
      ...['awaiting-dispatch', 'awaiting-payment-method', 'placing'],
      ...['awaiting-dispatch', 'awaiting-payment-method', 'placing'],
      ...['awaiting-dispatch', 'compensating', 'compensated'],
    ],
  ],
  'placing, orders.cancellation-requested': [
    async ({ order, shop }) => {
      const reserving = shop.hold('reserveStock');
      await order.submit();
      await reserving.reached;
      await order.cancel();
      reserving.release();
    },
    ['placing', 'compensating', 'cancelled'],
  ],
  'placing, orders.amendment-requested': [
    async ({ order, shop }) => {
      const reserving = shop.hold('reserveStock');
      await order.submit();
      await reserving.reached;
      await order.amend(dearer);
      reserving.release();
      await order.untilState('awaiting-dispatch');
      expect(counted(shop, 'amendOrder')).toBe(1);
      await order.dispatched();
      await order.delivered();
    },
    COMPLETED,
  ],
  'placing, compensation-failed': [
    amendmentStuck(async ({ order, shop }) => {
      const reserving = shop.hold('reserveStock');
      await order.submit();
      await reserving.reached;
      // The order's own payment is authorised; the next authorization, that of the amendment, is refused.
      await until('the payment is held', () => counted(shop, 'authorizePayment') === 1);
      shop.fail('authorizePayment', cardExpired);
      return () => reserving.release();
    }),
    ['placing', COMPENSATION_STUCK, ...COMPLETED],
  ],
  'placing, entered-elsewhere': [
    async ({ order, shop }) => {
      shop.fail('openOrder', new RefusalError(REFUSALS.orderExists, 'somebody else has it'));
      await order.submit();
      await order.result();
      expect(shop.calls.map(({ step }) => step)).toEqual(['openOrder']);
    },
    ['placing', 'duplicate'],
  ],
  'placing, step-refused': [
    async ({ order, shop }) => {
      shop.fail('createShipment', refusedByCarrier);
      await order.submit();
    },
    COMPENSATED,
    REFUSALS.addressNotServed,
  ],
  'placing, step-defect': [
    async ({ order, shop }) => {
      shop.spoilAnswer('createShipment', spoilt);
      await order.submit();
    },
    COMPENSATED,
    FAILURES.providerAnswer,
  ],
  'placing, step-given-up': [
    async ({ order, shop }) => {
      shop.loseAnswer('createShipment', FOR_GOOD);
      await order.submit();
    },
    COMPENSATED,
  ],
  'placing, authorization-overdue': [
    ({ order }) => order.submit({ paymentToken: 'tok_pending_forever' }),
    REJECTED,
    REASONS.authorizationOverdue,
  ],
  'placing, cancelled-in-ui': [
    cancelledInUiAt(async ({ order, shop }) => {
      await order.submit({ paymentToken: 'tok_pending_forever' });
      await until('stock and payment are asked for', () =>
        ['reserveStock', 'authorizePayment'].every((step) => counted(shop, step) === 1),
      );
    }),
    REJECTED,
  ],
  'placing, stock-partial': [partlyThere, [...ASKED, 'compensating', 'rejected'], 'stock-undecided'],
  'placing, payment-refused': [declined, UNPAID],
  'awaiting-stock-decision, orders.partial-stock-decided': [
    decidedAs('cancel'),
    [...ASKED, 'compensating', 'cancelled'],
  ],
  'awaiting-stock-decision, orders.cancellation-requested': [
    cancelledAt(stockAsked),
    [...ASKED, 'compensating', 'cancelled'],
  ],
  'awaiting-stock-decision, part-decided': [
    async (way) => {
      await decidedAs('partial')(way);
      await way.order.untilState('awaiting-dispatch');
      await way.order.dispatched();
      await way.order.delivered();
    },
    [...ASKED, ...COMPLETED],
  ],
  'awaiting-stock-decision, wait-decided': [
    decidedAs('wait'),
    [...ASKED, 'awaiting-stock', 'compensating', 'rejected'],
  ],
  'awaiting-stock-decision, stock-undecided': [partlyThere, [...ASKED, 'compensating', 'rejected']],
  'awaiting-stock-decision, cancelled-in-ui': [
    cancelledInUiAt(stockAsked),
    [...ASKED, 'compensating', 'rejected'],
  ],
  'awaiting-stock, orders.cancellation-requested': [
    cancelledAt(waiting),
    [...ASKED, 'awaiting-stock', 'compensating', 'cancelled'],
  ],
  'awaiting-stock, stock-reserved': [
    async (way) => {
      await waiting(way);
      way.shop.inventory.receive('PARTLY', 5);
      await way.env.sleep(DEADLINES.restockEveryMs + SECOND);
      await way.order.untilState('awaiting-dispatch');
      await way.order.dispatched();
      await way.order.delivered();
    },
    [...ASKED, 'awaiting-stock', ...COMPLETED],
  ],
  'awaiting-stock, restock-overdue': [
    decidedAs('wait'),
    [...ASKED, 'awaiting-stock', 'compensating', 'rejected'],
    'restock-overdue',
  ],
  'awaiting-stock, step-defect': [
    async (way) => {
      await waiting(way);
      way.shop.fail('reserveStock', new DefectError(FAILURES.notStorable, 'not a number'));
    },
    [...ASKED, 'awaiting-stock', 'compensating', 'rejected'],
  ],
  'awaiting-stock, step-given-up': [
    async (way) => {
      await waiting(way);
      way.shop.fail('reserveStock', new Error('the warehouse is closed'), FOR_GOOD);
    },
    [...ASKED, 'awaiting-stock', 'compensating', 'rejected'],
  ],
  'awaiting-stock, cancelled-in-ui': [
    cancelledInUiAt(waiting),
    [...ASKED, 'awaiting-stock', 'compensating', 'rejected'],
  ],
  'placing, booked': [delivered, COMPLETED],
  'awaiting-payment-method, payments.payment-method-provided': [
    async (way) => {
      await asked(way);
      await way.order.providePaymentMethod('tok_visa');
      await way.order.untilState('awaiting-dispatch');
      await way.order.dispatched();
      await way.order.delivered();
    },
    ['placing', 'awaiting-payment-method', ...COMPLETED],
  ],
  'awaiting-payment-method, orders.cancellation-requested': [
    cancelledAt(asked),
    ['placing', 'awaiting-payment-method', 'compensating', 'cancelled'],
  ],
  'awaiting-payment-method, payment-method-overdue': [declined, UNPAID, REASONS.paymentMethodOverdue],
  'awaiting-payment-method, cancelled-in-ui': [cancelledInUiAt(asked), UNPAID],
  'awaiting-dispatch, logistics.shipment-dispatched': [delivered, COMPLETED],
  'awaiting-dispatch, orders.cancellation-requested': [
    cancelledAt(booked),
    [...COMPENSATED_LATE, 'cancelled'],
    REASONS.cancelledByCustomer,
  ],
  'awaiting-dispatch, orders.amendment-requested': [
    async (way) => {
      await amendedAt(booked)(way);
      await until('it is amended', () => counted(way.shop, 'amendOrder') === 1);
      await way.order.dispatched();
      await way.order.delivered();
    },
    COMPLETED,
  ],
  'awaiting-dispatch, compensation-failed': [
    amendmentStuck(async (way) => {
      await booked(way);
      way.shop.fail('authorizePayment', cardExpired);
      return () => undefined;
    }),
    ['placing', 'awaiting-dispatch', COMPENSATION_STUCK, ...COMPLETED.slice(1)],
  ],
  'awaiting-dispatch, dispatch-presumed': [
    async (way) => {
      await booked(way);
      await way.order.delivered();
    },
    COMPLETED,
  ],
  'awaiting-dispatch, dispatch-overdue': [booked, [...COMPENSATED_LATE, 'compensated'], 'dispatch-overdue'],
  'awaiting-dispatch, cancelled-in-ui': [cancelledInUiAt(booked), [...COMPENSATED_LATE, 'compensated']],
  'awaiting-delivery, logistics.shipment-delivered': [delivered, COMPLETED],
  'awaiting-delivery, logistics.shipment-lost': [lost, LOST],
  'awaiting-delivery, orders.cancellation-requested': [
    answered(cancelledAt(dispatched), delivery),
    COMPLETED,
  ],
  'awaiting-delivery, orders.amendment-requested': [
    answered(amendedAt(dispatched), delivery, 'refuseAmendment'),
    COMPLETED,
  ],
  'awaiting-delivery, capture-refused': [unpaid, [...DECIDED, 'awaiting-delivery', 'completed']],
  'compensating, compensated-meanwhile': [
    async ({ order, shop, ...way }) => {
      shop.fail('notifyCustomer', new StepCompensatedError('notifyCustomer'));
      await cancelledAt(booked)({ order, shop, ...way });
    },
    [...COMPENSATED_LATE, 'compensated'],
  ],
  'awaiting-delivery, compensated-meanwhile': [
    async ({ order, shop, ...way }) => {
      shop.fail('capturePayment', new StepCompensatedError('capturePayment'));
      await booked({ order, shop, ...way });
      await order.dispatched();
    },
    ['placing', 'awaiting-dispatch', 'awaiting-delivery', 'compensated'],
  ],
  'awaiting-delivery, paid-by-hand': [
    givenBackByHand(paidByHand),
    [...DECIDED, 'awaiting-delivery', 'awaiting-decision', 'awaiting-delivery', 'refunded'],
  ],
  'awaiting-delivery, refund-failed': [
    notGivenBack(lost, { kind: 'retry' }, 1),
    [...DECIDED, 'awaiting-delivery', 'refunded'],
  ],
  'awaiting-delivery, delivery-overdue': [
    async (way) => {
      await overdue(way);
      await way.order.delivered();
    },
    [...DECIDED, 'completed'],
  ],
  'awaiting-delivery, arrived': [delivered, COMPLETED],
  'awaiting-delivery, money-back': [lost, LOST],
  'awaiting-decision, logistics.shipment-delivered': [
    async (way) => {
      await overdue(way);
      await way.order.delivered();
    },
    [...DECIDED, 'completed'],
  ],
  'awaiting-decision, logistics.shipment-lost': [
    async (way) => {
      await overdue(way);
      await way.order.lost();
    },
    [...DECIDED, 'refunded'],
  ],
  'awaiting-decision, orders.cancellation-requested': [
    answered(cancelledAt(overdue), delivery),
    [...DECIDED, 'completed'],
  ],
  'awaiting-decision, orders.amendment-requested': [
    answered(amendedAt(overdue), delivery, 'refuseAmendment'),
    [...DECIDED, 'completed'],
  ],
  'awaiting-decision, paid-by-hand': [
    givenBackByHand(async (way) => {
      await paidByHand(way);
      await way.env.sleep(2 * DEADLINES.deliveryWithinMs + 2 * SECOND);
      await way.order.untilState('awaiting-decision');
    }),
    [...DECIDED, 'awaiting-delivery', 'awaiting-decision', 'awaiting-delivery', 'refunded'],
  ],
  'awaiting-decision, refund-failed': [
    notGivenBack(
      async (way) => {
        await overdue(way);
        await way.order.lost();
      },
      { kind: 'done-by-hand', reason: 'by bank transfer' },
      0,
    ),
    [...DECIDED, 'awaiting-delivery', 'refunded'],
  ],
  'awaiting-decision, payment-decided': [unpaid, [...DECIDED, 'awaiting-delivery', 'completed']],
  'awaiting-decision, arrived': [
    async (way) => {
      await overdue(way);
      await way.order.delivered();
    },
    [...DECIDED, 'completed'],
  ],
  'awaiting-decision, money-back': [
    async (way) => {
      await overdue(way);
      await way.order.lost();
    },
    [...DECIDED, 'refunded'],
  ],
  'compensating, orders.cancellation-requested': [
    requestedWhileCompensated((order) => order.cancel(), 'refuseCancellation'),
    COMPENSATED,
  ],
  'compensating, orders.amendment-requested': [
    requestedWhileCompensated((order) => order.amend(dearer), 'refuseAmendment'),
    COMPENSATED,
  ],
  'compensating, compensation-failed': [stuck, STUCK],
  'compensating, compensated-unconfirmed': [
    async ({ order, shop }) => {
      shop.fail('reserveStock', new RefusalError(REFUSALS.outOfStock, 'none left'));
      await order.submit();
    },
    REJECTED,
  ],
  'compensating, compensated-confirmed': [booked, [...COMPENSATED_LATE, 'compensated']],
  'compensating, compensated-for-customer': [cancelledAt(booked), [...COMPENSATED_LATE, 'cancelled']],
  [`${COMPENSATION_STUCK}, compensation-decided`]: [stuck, STUCK],
};

async function neverSubmittedAfter({ order, shop }: Way): Promise<void> {
  await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
  expect(shop.deadLetters.deadLettered).toMatchObject([
    { event: { type: EVENTS.paymentAuthorized }, reason: 'unmatched' },
  ]);
}
