import { EVENTS, REASONS, REFUSALS } from '../../src/domains/shop/names';
import type { CompensatableStep, SagaScope } from '../../src/saga';
import { failureOf, SagaFailure, showDetails } from '../../src/saga';
import { CANCELLATION, PAYMENT_NEWS } from './order-events';
import type { HeldPayment, Order } from './order-parts';
import { dueOf } from './order-parts';
import { cancelled } from './order-wishes';

/**
 * Holds the payment. The provider may want time for it (a bank transfer, a check for fraud); its decision then comes as
 * an event, for which the step waits until a deadline.
 */
export function holdPayment(order: Order): CompensatableStep<HeldPayment> {
  const hold = { amount: dueOf(order), number: order.authorizations++, paymentToken: order.paymentToken };
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
        'failed',
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
  const { meansWithinMs = 0, paymentAttempts = 1 } = order.deadlines;
  let failure = refused;
  for (let attempt = 1; ; attempt++) {
    if (failure.type !== REFUSALS.paymentDeclined || attempt >= paymentAttempts) throw failure;
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
      throw new SagaFailure('failed', REASONS.meansOverdue, detail);
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
