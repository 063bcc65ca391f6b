import { EVENTS, REASONS, REFUSALS } from '../../../domains/shop/names';
import { outstandingOf } from '../../../domains/shop/rules/authorizations';
import { isMendedByAnotherMethod } from '../../../domains/shop/rules/payments';
import type { CompensatableStep, SagaScope } from 'sagaline/workflow';
import { failureOf, SagaFailure, showDetails } from 'sagaline/workflow';
import { CANCELLATION, PAYMENT_NOTIFICATION } from './events';
import { authorizationOf, isUnpaid, voidAuthorization, withRenewal } from './authorizations';
import { hasPayment, refute } from './notifications';
import type { AuthorizedPayment, Order } from './parts';
import { chargeOf, dueOf, paymentOf, priceOf } from './parts';
import { cancelled } from './requests';

/**
 * Authorises the payment. The provider may need time for it (a bank transfer, a check for fraud); its decision then comes as
 * an event, for which the step waits until a deadline.
 */
export function authorizationStep(order: Order): CompensatableStep<AuthorizedPayment> {
  const amount = outstandingOf(order.authorizations, dueOf(order));
  const authorization = authorizationOf(order, amount);
  return {
    ...authorization,
    run: async (within) => {
      const { paymentId, state, expiresAt, actionUrl } = await authorization.run(within);
      const held = { amount, authorization, paymentId };
      hasPayment(order.things, paymentId, amount);
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

/** Asks the customer to confirm the payment, by the same deadline as the provider's decision. */
async function askForAction(order: Order, pending: AuthorizedPayment, url: string): Promise<void> {
  const dueBy = new Date(Date.now() + order.deadlines.authorizationWithinMs).toISOString();
  const action = { orderId: order.orderId, ...paymentOf(order, pending), url, dueBy };
  await order.records.requestPaymentAction({ action }).run();
}

/**
 * The provider's decision on a pending payment. Both its event and the deadline are only reasons to ask the provider, whose
 * answer decides.
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
    const standing = await steps.confirmPayment(paymentOf(order, pending)).run();
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
 * The payment was refused, or its authorization is gone: asks the customer for another payment method, up to the order's
 * number of attempts, and authorises the outstanding amount with it.
 *
 * @param why the input of the state machine: `authorization-lost` or `payment-refused`
 * @throws SagaFailure the refusal, when no attempt is left; `payment-method-overdue`; a cancellation
 */
export async function authorizeWithOtherPaymentMethod(
  order: Order,
  scope: SagaScope,
  refused: SagaFailure,
  why: 'payment-refused' | 'authorization-lost' = 'payment-refused',
): Promise<AuthorizedPayment> {
  const { records, inbox, machine } = order;
  const { paymentMethodWithinMs } = order.deadlines;
  let failure = refused;
  for (let input = why; ; input = 'payment-refused') {
    if (!mayBePaidOtherwise(order, failure)) throw failure;
    order.unpaid += 1;
    const due = outstandingOf(order.authorizations, dueOf(order));
    const request = { total: chargeOf(order, due), attempt: order.unpaid, detail: failure.message };
    await records.requestPaymentMethod(request).run();
    machine.transition(
      input,
      `Waiting for another payment method for ${priceOf(order, due)}: ${failure.message}`,
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
    machine.transition(event.type, `Authorizing ${priceOf(order, due)} with another payment method.`);
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
  { unpaid, deadlines: { paymentAttempts } }: Order,
  { type }: SagaFailure,
): boolean {
  return isMendedByAnotherMethod(type) && unpaid + 1 < paymentAttempts;
}

/**
 * An authorization is gone: asks the customer for another payment, until all that is due is authorised.
 *
 * @throws SagaFailure as `authorizeWithOtherPaymentMethod` does
 */
export async function payAgain(order: Order, scope: SagaScope): Promise<void> {
  while (isUnpaid(order)) {
    const lost = order.lost.splice(0);
    // An authorization that is about to expire is voided at once: otherwise the amount would be blocked twice for the customer.
    for (const { authorization } of lost) await voidAuthorization(order, authorization);
    const why = lost.map((each) => each.why).join('; ');
    const failure = new SagaFailure('refused', REFUSALS.paymentVoided, why);
    order.authorizations.push(
      await authorizeWithOtherPaymentMethod(order, scope, failure, 'authorization-lost'),
    );
  }
}
