import { EVENTS, REASONS, REFUSALS } from '../../domains/shop/names';
import { outstandingOf } from '../../domains/shop/rules/authorizations';
import { isMendedByAnotherMethod } from '../../domains/shop/rules/payments';
import type { CompensatableStep, SagaScope } from 'sagaline/workflow';
import { failureOf, SagaFailure, showDetails } from 'sagaline/workflow';
import { CANCELLATION, PAYMENT_NOTIFICATION } from './order-events';
import { isUnpaid, nextAuthorization, withRenewal } from './order-authorizations';
import { hasPayment, refute } from './order-notifications';
import type { AuthorizedPayment, Order } from './order-parts';
import { dueOf } from './order-parts';
import { cancelled } from './order-requests';

/**
 * Holds the payment. The provider may want time for it (a bank transfer, a check for fraud); its decision then comes as
 * an event, for which the step waits until a deadline.
 */
export function authorizationStep(order: Order): CompensatableStep<AuthorizedPayment> {
  const authorization = nextAuthorization(order, outstandingOf(order.authorizations, dueOf(order)));
  const { run, ...compensation } = order.steps.authorizePayment(authorization);
  return {
    ...compensation,
    run: async () => {
      const { paymentId, state, expiresAt, actionUrl } = await run();
      const held = { ...authorization, paymentId };
      hasPayment(order.things, paymentId, authorization.amount);
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
async function askForAction(
  { steps, deadlines }: Order,
  pending: AuthorizedPayment,
  url: string,
): Promise<void> {
  const dueBy = new Date(Date.now() + deadlines.authorizationWithinMs).toISOString();
  await steps.requestPaymentAction(pending, { url, dueBy });
}

/**
 * The provider's decision on a pending payment. Its event is a reason to ask, and so is the deadline: the provider's answer is
 * what counts.
 */
async function decided(pending: AuthorizedPayment, order: Order): Promise<AuthorizedPayment> {
  const { steps, inbox, machine, deadlines } = order;
  showDetails(`Waiting for the payment provider to decide on payment ${pending.paymentId}.`);
  const until = Date.now() + deadlines.authorizationWithinMs;
  for (;;) {
    const notification = await inbox.take([...PAYMENT_NOTIFICATION, ...CANCELLATION], {
      ms: Math.max(until - Date.now(), 1),
      waiting: 'Deadline for the payment provider’s decision',
    });
    if (notification?.type === EVENTS.cancellationRequested) throw cancelled(notification);
    const standing = await steps.confirmPayment(pending);
    if (notification) machine.transitionSilently(notification.type);
    if (notification && standing.state !== DECIDED_AS[notification.type])
      await refute(notification, standing);
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
        if (!notification) {
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
 * The payment was refused, or its authorization is gone: asks the customer for another payment method, as often as the order's terms allow, and
 * holds with it what is not held yet.
 *
 * @param why how the order's state changes: `authorization-lost` or `payment-refused`
 * @throws SagaFailure the refusal, where there is no further attempt; `payment-method-overdue`; a cancellation
 */
export async function authorizeWithOtherPaymentMethod(
  order: Order,
  scope: SagaScope,
  refused: SagaFailure,
  why: 'payment-refused' | 'authorization-lost' = 'payment-refused',
): Promise<AuthorizedPayment> {
  const { steps, inbox, machine } = order;
  // An order that was opened before there were other payment methods has no time for them.
  const { paymentMethodWithinMs = 0 } = order.deadlines;
  let failure = refused;
  for (let input = why; ; input = 'payment-refused') {
    if (!mayBePaidOtherwise(order, failure)) throw failure;
    order.unpaid += 1;
    const due = outstandingOf(order.authorizations, dueOf(order));
    await steps.requestPaymentMethod(due, order.unpaid, failure.message);
    machine.transition(
      input,
      `Waiting for another payment method to pay ${steps.price(due)}: ${failure.message}`,
    );
    const event = await inbox.take(machine.relevantEvents(), {
      ms: paymentMethodWithinMs,
      waiting: 'Deadline for another payment method',
    });
    if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
    if (event?.type !== EVENTS.paymentMethodProvided) {
      const detail = `${failure.message} No other payment method was provided in time.`;
      throw new SagaFailure('unknown', REASONS.paymentMethodOverdue, detail);
    }
    machine.transition(event.type, `Authorizing ${steps.price(due)} with another payment method.`);
    order.paymentToken = event.data.paymentToken;
    try {
      return await scope.step(authorizationStep(order));
    } catch (error) {
      failure = failureOf(error);
    }
  }
}

/** Whether the customer may provide another payment method. */
export function mayBePaidOtherwise(
  { unpaid, deadlines: { paymentAttempts = 1 } }: Order,
  { type }: SagaFailure,
): boolean {
  return isMendedByAnotherMethod(type) && unpaid + 1 < paymentAttempts;
}

/**
 * What was held is gone: asks the customer for another payment, until all that is due is held.
 *
 * @throws SagaFailure as `authorizeWithOtherPaymentMethod` does
 */
export async function payAgain(order: Order, scope: SagaScope): Promise<void> {
  while (isUnpaid(order)) {
    const lost = order.lost.splice(0);
    // What ends soon is not left to end: the customer would have the amount blocked twice.
    for (const { authorization } of lost) {
      await order.steps.voidAuthorization(authorization);
      order.things.payments.delete(authorization.paymentId);
    }
    const why = lost.map((each) => each.why).join('; ');
    const failure = new SagaFailure('refused', REFUSALS.paymentVoided, why);
    order.authorizations.push(
      await authorizeWithOtherPaymentMethod(order, scope, failure, 'authorization-lost'),
    );
  }
}
