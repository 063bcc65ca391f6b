import type { OrderContent } from '../../src/domains/shop/events/orders';
import { EVENTS, REASONS, REFUSALS } from '../../src/domains/shop/names';
import type { Hold } from '../../src/domains/shop/rules/holds';
import { amountProblem, isMendedByAnotherMethod } from '../../src/domains/shop/rules/payments';
import type { CompensatableStep, SagaScope } from '../../src/saga';
import { failureOf, SagaFailure, showDetails } from '../../src/saga';
import { CANCELLATION, PAYMENT_NEWS } from './order-events';
import { nextHold } from './order-holds';
import type { HeldPayment, Order } from './order-parts';
import { dueOf } from './order-parts';
import { cancelled } from './order-wishes';

/**
 * Before anything is reserved for it: an amount that the provider would not take.
 *
 * @throws SagaFailure a refusal
 */
export function refuseAmount(amount: number, { currency }: Pick<OrderContent, 'currency'>): void {
  const problem = amountProblem({ amount, currency });
  if (problem !== undefined) throw new SagaFailure('refused', REFUSALS.amountNotAccepted, problem);
}

/**
 * Holds the payment. The provider may want time for it (a bank transfer, a check for fraud); its decision then comes as
 * an event, for which the step waits until a deadline.
 */
export function holdPayment(order: Order): CompensatableStep<HeldPayment> {
  const hold = nextHold(order, dueOf(order));
  const { run, ...compensation } = order.steps.authorizePayment(hold);
  return {
    ...compensation,
    run: async () => {
      const { paymentId, state } = await run();
      const held = { ...hold, paymentId };
      if (state === 'pending') await decided(held, order);
      return held;
    },
  };
}

async function decided({ paymentId, number }: HeldPayment, order: Order): Promise<void> {
  const { steps, inbox, course, deadlines } = order;
  showDetails(`Waiting for the payment provider to decide on payment ${paymentId}.`);
  const news = await inbox.take([...PAYMENT_NEWS, ...CANCELLATION], {
    ms: deadlines.authorizationWithinMs,
    waiting: 'Deadline for the payment provider’s decision',
  });
  switch (news?.type) {
    case undefined:
      throw new SagaFailure(
        'unknown',
        REASONS.authorizationOverdue,
        'the payment provider has not decided in time',
      );
    case EVENTS.cancellationRequested:
      throw cancelled(news);
    case EVENTS.paymentDeclined:
      course.pass(news.type);
      await steps.recordAuthorization(paymentId, 'declined', number);
      throw new SagaFailure(
        'refused',
        REFUSALS.paymentDeclined,
        `the payment was declined: ${news.data.reason}`,
      );
    case EVENTS.paymentAuthorized:
      course.pass(news.type);
      await steps.recordAuthorization(paymentId, 'authorized', number);
  }
}

/**
 * The payment was refused: asks the customer for another means, as often as the order's terms allow, and holds the payment
 * with it.
 *
 * @throws SagaFailure the refusal, where there is no further attempt; `means-overdue`; a cancellation
 */
export async function holdWithOtherMeans(
  order: Order,
  scope: SagaScope,
  refused: SagaFailure,
): Promise<HeldPayment> {
  const { steps, inbox, course } = order;
  // An order that was opened before there were other means has no time for them.
  const { meansWithinMs = 0 } = order.deadlines;
  let failure = refused;
  for (let attempt = 1; ; attempt++) {
    if (!mayBePaidOtherwise(order, failure, attempt)) throw failure;
    const due = dueOf(order);
    await steps.requestMeans(due, attempt, failure.message);
    course.go('payment-refused', `Waiting for another means to pay ${steps.price(due)}: ${failure.message}`);
    const event = await inbox.take(course.looksFor(), {
      ms: meansWithinMs,
      waiting: 'Deadline for another means of payment',
    });
    if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
    if (event?.type !== EVENTS.meansProvided) {
      const detail = `${failure.message} No other means was provided in time.`;
      throw new SagaFailure('unknown', REASONS.meansOverdue, detail);
    }
    course.go(event.type, `Holding ${steps.price(due)} with another means.`);
    order.paymentToken = event.data.paymentToken;
    try {
      return await scope.step(holdPayment(order));
    } catch (error) {
      failure = failureOf(error);
    }
  }
}

/** Whether the customer may provide another means after so many attempts. */
export function mayBePaidOtherwise(
  { deadlines: { paymentAttempts = 1 } }: Order,
  { type }: SagaFailure,
  attempts: number,
): boolean {
  return isMendedByAnotherMethod(type) && attempts < paymentAttempts;
}

/** What a customer has paid. */
export interface Paid extends Hold {
  /** In another way than by the hold: the provider has none of it to give back. */
  readonly byHand: boolean;
}

/**
 * Takes the payment for goods that have left. What cannot be taken cannot undo that: a person decides whether to try again,
 * to let the customer have the goods, or to take the money in another way.
 *
 * @returns nothing where the customer has the goods for nothing
 */
export async function takePayment({ steps, course, decisions }: Order, hold: Hold): Promise<Paid[]> {
  let capture = steps.capturePayment(hold);
  for (;;) {
    try {
      await capture();
      return [{ ...hold, byHand: false }];
    } catch (error) {
      const { kind: meaning, message } = failureOf(error);
      const words = `The parcel is on its way, and **the payment cannot be taken**: ${message}`;
      const about = { what: 'capturePayment', message };
      const { kind } = await decisions.ask(course.pass('capture-refused'), words, about);
      course.go('payment-decided', `The parcel is on its way. Payment: ${kind}.`);
      if (meaning === 'refused') capture = steps.capturePayment(hold);
      if (kind !== 'retry') return kind === 'skip' ? [] : [{ ...hold, byHand: true }];
    }
  }
}

/**
 * Gives a payment back, or a part of it. What a person has taken by hand, a person gives back by hand; what cannot be given
 * back in the time of an undo, a person decides about.
 */
export async function giveBack(order: Order, { byHand, ...part }: Paid): Promise<void> {
  const { steps, course, decisions } = order;
  const amount = steps.price(part.amount);
  const refund = byHand ? undefined : steps.refundPayment(part);
  for (;;) {
    const message = refund
      ? await failureIn(refund)
      : `${amount} were taken by hand, and have to be given back by hand`;
    if (message === undefined) return;
    const about = { what: 'refundPayment', message };
    const asking = course.pass(refund ? 'refund-failed' : 'paid-by-hand');
    const { kind } = await decisions.ask(asking, `**${message}**.`, about);
    course.go('payment-decided', `Not all has arrived. Payment: ${kind}.`);
    if (kind !== 'retry') return;
  }

  async function failureIn(attempt: () => Promise<void>): Promise<string | undefined> {
    try {
      await attempt();
      return undefined;
    } catch (error) {
      return `${amount} cannot be given back: ${failureOf(error).message}`;
    }
  }
}
