import { EVENTS, REASONS, REFUSALS } from '../../domains/shop/names';
import { missing } from '../../domains/shop/rules/holds';
import { isMendedByAnotherMethod } from '../../domains/shop/rules/payments';
import type { CompensatableStep, SagaScope } from 'sagaline/workflow';
import { failureOf, SagaFailure, showDetails } from 'sagaline/workflow';
import { CANCELLATION, PAYMENT_NEWS } from './order-events';
import { isUnpaid, nextHold, withRenewal } from './order-holds';
import { hasPayment, refute } from './order-news';
import type { HeldPayment, Order } from './order-parts';
import { dueOf } from './order-parts';
import { cancelled } from './order-wishes';

/**
 * Holds the payment. The provider may want time for it (a bank transfer, a check for fraud); its decision then comes as
 * an event, for which the step waits until a deadline.
 */
export function holdPayment(order: Order): CompensatableStep<HeldPayment> {
  const hold = nextHold(order, missing(order.holds, dueOf(order)));
  const { run, ...compensation } = order.steps.authorizePayment(hold);
  return {
    ...compensation,
    run: async () => {
      const { paymentId, state, expiresAt, actionUrl } = await run();
      const held = { ...hold, paymentId };
      hasPayment(order.things, paymentId, hold.amount);
      if (state === 'authorized') return withRenewal(order, held, expiresAt);
      try {
        if (actionUrl !== undefined) await askForAction(order, held, actionUrl);
        return await decided(held, order);
      } catch (error) {
        order.things.payments.delete(paymentId);
        throw error;
      }
    },
  };
}

/** The customer has to confirm the payment, and has as long for it as the provider for its decision. */
async function askForAction({ steps, deadlines }: Order, pending: HeldPayment, url: string): Promise<void> {
  const dueBy = new Date(Date.now() + deadlines.authorizationWithinMs).toISOString();
  await steps.requestPaymentAction(pending, { url, dueBy });
}

/**
 * The provider's decision on a pending payment. Its event is a reason to ask, and so is the deadline: the provider's answer is
 * what counts.
 */
async function decided(pending: HeldPayment, order: Order): Promise<HeldPayment> {
  const { steps, inbox, course, deadlines } = order;
  showDetails(`Waiting for the payment provider to decide on payment ${pending.paymentId}.`);
  const until = Date.now() + deadlines.authorizationWithinMs;
  for (;;) {
    const news = await inbox.take([...PAYMENT_NEWS, ...CANCELLATION], {
      ms: Math.max(until - Date.now(), 1),
      waiting: 'Deadline for the payment provider’s decision',
    });
    if (news?.type === EVENTS.cancellationRequested) throw cancelled(news);
    const standing = await steps.confirmPayment(pending);
    if (news) course.pass(news.type);
    if (news && standing.state !== DECIDED_AS[news.type]) await refute(news, standing);
    switch (standing.state) {
      case 'authorized':
        return withRenewal(order, pending, standing.expiresAt);
      case 'declined':
        throw new SagaFailure('refused', REFUSALS.paymentDeclined, standing.says);
      case 'voided':
        throw new SagaFailure('refused', REFUSALS.paymentVoided, standing.says);
      case 'pending':
      case 'captured':
      case 'refunded':
      case 'unknown':
        if (!news) {
          const detail = `the payment provider has not decided in time: ${standing.says}`;
          throw new SagaFailure('unknown', REASONS.authorizationOverdue, detail);
        }
    }
  }
}

const DECIDED_AS = {
  [EVENTS.paymentAuthorized]: 'authorized',
  [EVENTS.paymentDeclined]: 'declined',
  [EVENTS.paymentVoided]: 'voided',
} as const;

/**
 * The payment was refused, or its hold is gone: asks the customer for another means, as often as the order's terms allow, and
 * holds with it what is not held yet.
 *
 * @param why how the order's state changes: `hold-gone` or `payment-refused`
 * @throws SagaFailure the refusal, where there is no further attempt; `means-overdue`; a cancellation
 */
export async function holdWithOtherMeans(
  order: Order,
  scope: SagaScope,
  refused: SagaFailure,
  why: 'payment-refused' | 'hold-gone' = 'payment-refused',
): Promise<HeldPayment> {
  const { steps, inbox, course } = order;
  // An order that was opened before there were other means has no time for them.
  const { meansWithinMs = 0 } = order.deadlines;
  let failure = refused;
  for (let input = why; ; input = 'payment-refused') {
    if (!mayBePaidOtherwise(order, failure)) throw failure;
    order.unpaid += 1;
    const due = missing(order.holds, dueOf(order));
    await steps.requestMeans(due, order.unpaid, failure.message);
    course.go(input, `Waiting for another means to pay ${steps.price(due)}: ${failure.message}`);
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

/** Whether the customer may provide another means. */
export function mayBePaidOtherwise(
  { unpaid, deadlines: { paymentAttempts = 1 } }: Order,
  { type }: SagaFailure,
): boolean {
  return isMendedByAnotherMethod(type) && unpaid + 1 < paymentAttempts;
}

/**
 * What was held is gone: asks the customer for another payment, until all that is due is held.
 *
 * @throws SagaFailure as `holdWithOtherMeans` does
 */
export async function payAgain(order: Order, scope: SagaScope): Promise<void> {
  while (isUnpaid(order)) {
    const lost = order.lost.splice(0);
    // What ends soon is not left to end: the customer would have the amount blocked twice.
    for (const { hold } of lost) {
      await order.steps.liftHold(hold);
      order.things.payments.delete(hold.paymentId);
    }
    const why = lost.map((each) => each.why).join('; ');
    const failure = new SagaFailure('refused', REFUSALS.paymentVoided, why);
    order.holds.push(await holdWithOtherMeans(order, scope, failure, 'hold-gone'));
  }
}
