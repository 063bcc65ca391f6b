import { EVENTS, REASONS, REFUSALS } from '../../src/domains/shop/names';
import type { CompensatableStep } from '../../src/saga';
import { SagaFailure, showDetails } from '../../src/saga';
import { CANCELLATION, PAYMENT_NEWS } from './order-events';
import type { HeldPayment, Order } from './order-parts';
import { dueOf } from './order-parts';
import { cancelled } from './order-wishes';

/**
 * Holds the payment. The provider may want time for it (a bank transfer, a check for fraud); its decision then comes as
 * an event, for which the step waits until a deadline.
 */
export function holdPayment(order: Order): CompensatableStep<HeldPayment> {
  const amount = dueOf(order);
  const { run, ...compensation } = order.steps.authorizePayment(amount);
  return {
    ...compensation,
    run: async () => {
      const { paymentId, state } = await run();
      if (state === 'pending') await decided(paymentId, order);
      return { paymentId, amount, revision: 0 };
    },
  };
}

async function decided(paymentId: string, { steps, inbox, course, deadlines }: Order): Promise<void> {
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
      await steps.recordAuthorization(paymentId, 'declined');
      throw new SagaFailure(
        'refused',
        REFUSALS.paymentDeclined,
        `the payment was declined: ${news.data.reason}`,
      );
    case EVENTS.paymentAuthorized:
      course.pass(news.type);
      await steps.recordAuthorization(paymentId, 'authorized');
  }
}
