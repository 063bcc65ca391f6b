import { AMENDMENT_REFUSALS, EVENTS, REFUSALS } from '../../../domains/shop/names';
import type { OrderContent } from '../../../domains/shop/events/orders';
import { outstandingOf, surplusOf, renewalOf } from '../../../domains/shop/rules/authorizations';
import { amountProblem } from '../../../domains/shop/rules/payments';
import type { Authorization } from '../../../activities/shop/payments';
import type { Deadline, CompensatableCall } from 'sagaline/workflow';
import { failureOf, SagaFailure, showDetails } from 'sagaline/workflow';
import type { OrderEvent, PaymentEvent } from './events';
import { refute } from './notifications';
import type { AuthorizedPayment, Order } from './parts';
import { chargeOf, dueOf, paymentOf } from './parts';

/** Authorizations expire, or are voided at the provider. They are renewed before they expire, and replaced when they are gone. */

/**
 * The call that authorises a further amount.
 *
 * @throws SagaFailure when the customer has given no payment method, because the order was free
 */
export function authorizationOf(
  order: Order,
  amount: number,
  paymentToken = order.paymentToken,
): CompensatableCall<Authorization> {
  if (paymentToken === undefined) {
    const detail = 'the order was free, and has no payment method for what it is to cost';
    throw new SagaFailure('refused', AMENDMENT_REFUSALS.paymentMethodRequired, detail);
  }
  return order.steps.authorizePayment({ total: chargeOf(order, amount), paymentToken });
}

/** Voids the authorizations from which nothing will be captured. */
export async function voidSurplus(order: Order): Promise<void> {
  const surplus = surplusOf(order.authorizations, dueOf(order));
  for (const authorization of surplus) await voidAuthorization(order, authorization);
  order.authorizations = order.authorizations.filter((authorization) => !surplus.includes(authorization));
}

/** Voids an authorization that is no longer needed. This step has no way back. */
export async function voidAuthorization(
  { forward, things }: Order,
  { authorization, paymentId }: AuthorizedPayment,
): Promise<void> {
  await forward.retriable(authorization.compensation);
  things.payments.delete(paymentId);
}

/**
 * Refuses an amount that the provider would not accept, before anything is reserved for it.
 *
 * @throws SagaFailure the refusal
 */
export function refuseAmount(amount: number, { currency }: Pick<OrderContent, 'currency'>): void {
  const problem = amountProblem({ amount, currency });
  if (problem !== undefined) throw new SagaFailure('refused', REFUSALS.amountNotAccepted, problem);
}

/** The authorizations no longer cover what is due. */
export function isUnpaid(order: Order): boolean {
  return outstandingOf(order.authorizations, dueOf(order)) > 0;
}

/** An authorization that has just been made or renewed, with its times. */
export function withRenewal(
  order: Order,
  authorization: AuthorizedPayment,
  expiresAt: number | undefined,
): AuthorizedPayment {
  const { renewAuthorizationBeforeMs: beforeMs } = order.deadlines;
  return { ...authorization, expiresAt, renewAt: renewalOf({ now: Date.now(), expiresAt, beforeMs }) };
}

/**
 * Waits until an instant for an event that `look` returns, and renews the authorizations meanwhile.
 *
 * @param until.isOver whether the wait ends early; called after an authorization was renewed or lost
 * @returns `undefined` when the time or the wait is over
 */
export async function waitAndRenew(
  order: Order,
  look: (deadline: Deadline) => Promise<OrderEvent | undefined>,
  until: { readonly instant: number; readonly waiting: string; readonly isOver?: () => boolean },
): Promise<OrderEvent | undefined> {
  const { instant, waiting, isOver = () => false } = until;
  for (;;) {
    const renewal = Math.min(...order.authorizations.map(({ renewAt }) => renewAt ?? Infinity));
    const isRenewal = renewal < instant;
    const ms = Math.max(Math.min(renewal, instant) - Date.now(), 1);
    const event = await look({ ms, waiting: isRenewal ? 'Renew the authorization' : waiting });
    if (event?.type === EVENTS.paymentVoided) await applyVoid(order, event);
    else if (event || !isRenewal) return event;
    else await renewDue(order);
    if (isOver()) return undefined;
  }
}

/**
 * Checks the authorizations before the order is confirmed: by the notifications so far, and, if the order has waited, with
 * the provider.
 */
export async function checkAuthorizations(
  order: Order,
  { hasWaited }: { hasWaited: boolean },
): Promise<void> {
  for (;;) {
    const event = order.inbox.takeNow([EVENTS.paymentVoided]);
    if (!event) break;
    await applyVoid(order, event);
  }
  if (!hasWaited) return;
  for (const authorization of [...order.authorizations]) {
    const { state, says } = await order.steps.confirmPayment(paymentOf(order, authorization)).run();
    if (state !== 'authorized') lose(order, authorization, says);
  }
}

async function applyVoid(order: Order, event: PaymentEvent): Promise<void> {
  const authorization = order.authorizations.find(({ paymentId }) => paymentId === event.data.paymentId);
  if (!authorization) {
    order.strays.push(event);
    return;
  }
  // A notification that the provider has not confirmed must not compensate an order.
  const standing = await order.forward.retriable(order.steps.confirmPayment(paymentOf(order, authorization)));
  if (standing?.state === 'voided') lose(order, authorization, standing.says);
  else
    await refute(event, standing ?? { says: 'the payment provider was not asked: a person has decided so' });
}

async function renewDue(order: Order): Promise<void> {
  for (const authorization of [...order.authorizations]) {
    if ((authorization.renewAt ?? Infinity) > Date.now()) continue;
    try {
      const { expiresAt } = await order.steps.renewPayment(paymentOf(order, authorization)).run();
      replace(order, authorization, withRenewal(order, authorization, expiresAt));
    } catch (error) {
      const failure = failureOf(error);
      const isOver = (authorization.expiresAt ?? 0) <= Date.now();
      // It is unknown whether it was renewed: tried again until it expires.
      if (failure.kind === 'refused' || isOver) lose(order, authorization, failure.message);
      else replace(order, authorization, withRenewal(order, authorization, authorization.expiresAt));
    }
  }
}

function replace(order: Order, authorization: AuthorizedPayment, by: AuthorizedPayment): void {
  order.authorizations = order.authorizations.map((each) => (each === authorization ? by : each));
}

function lose(order: Order, authorization: AuthorizedPayment, why: string): void {
  order.authorizations = order.authorizations.filter((each) => each !== authorization);
  order.lost.push({ authorization, why });
  showDetails(`An authorization is gone: ${why}`);
}

/**
 * Calls back the parcels whose payment is gone.
 *
 * @returns whether no parcel has left; if one has, the payment is tried with the authorization as it was
 */
export async function callBack(order: Order): Promise<boolean> {
  try {
    for (const { call } of order.parcels) await order.forward.pivot(call.compensation);
    return true;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.type !== REFUSALS.parcelDispatched) throw failure;
    order.authorizations.push(...order.lost.splice(0).map(({ authorization }) => authorization));
    return false;
  }
}
