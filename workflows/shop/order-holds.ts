import { AMENDMENT_REFUSALS, EVENTS, REFUSALS } from '../../domains/shop/names';
import type { OrderContent } from '../../domains/shop/events/orders';
import { missing, needless, renewalOf } from '../../domains/shop/rules/holds';
import { amountProblem } from '../../domains/shop/rules/payments';
import type { Deadline } from 'sagaline/workflow';
import { failureOf, SagaFailure, showDetails } from 'sagaline/workflow';
import type { OrderEvent, PaymentEvent } from './order-events';
import { refute } from './order-news';
import type { HeldPayment, Order } from './order-parts';
import { dueOf } from './order-parts';
import type { Authorizing } from './order-steps';

/** Holds end: somebody lifts them at the provider, or their time is over. They are renewed before, and missed when they are gone. */

/**
 * A further hold of the order.
 *
 * @throws SagaFailure where the customer has given no payment method, as an order that was free needs none
 */
export function nextHold(order: Order, amount: number, paymentToken = order.paymentToken): Authorizing {
  if (paymentToken === undefined) {
    const detail = 'the order was free, and has no payment method for what it is to cost';
    throw new SagaFailure('refused', AMENDMENT_REFUSALS.paymentMethodRequired, detail);
  }
  return { amount, number: order.authorizations++, paymentToken };
}

/** Lifts the holds of which nothing will be taken. */
export async function liftSurplus(order: Order): Promise<void> {
  const surplus = needless(order.holds, dueOf(order));
  for (const hold of surplus) {
    await order.steps.liftHold(hold);
    order.things.payments.delete(hold.paymentId);
  }
  order.holds = order.holds.filter((hold) => !surplus.includes(hold));
}

/**
 * Before anything is reserved for it: an amount that the provider would not take.
 *
 * @throws SagaFailure a refusal
 */
export function refuseAmount(amount: number, { currency }: Pick<OrderContent, 'currency'>): void {
  const problem = amountProblem({ amount, currency });
  if (problem !== undefined) throw new SagaFailure('refused', REFUSALS.amountNotAccepted, problem);
}

/** What is held for the order does not cover what is due any more. */
export function isUnpaid(order: Order): boolean {
  return missing(order.holds, dueOf(order)) > 0;
}

/** A hold that has just been made or renewed. */
export function withRenewal(order: Order, hold: HeldPayment, expiresAt: number | undefined): HeldPayment {
  const { renewHoldBeforeMs: beforeMs } = order.deadlines;
  return { ...hold, expiresAt, renewAt: renewalOf({ now: Date.now(), expiresAt, beforeMs }) };
}

/**
 * Waits until an instant, as `look` does, and looks after the holds meanwhile.
 *
 * @param until.isOver whether the wait is over before that; asked after something has become of a hold
 * @returns `undefined` when the time or the wait is over
 */
export async function waitAndHold(
  order: Order,
  look: (deadline: Deadline) => Promise<OrderEvent | undefined>,
  until: { readonly instant: number; readonly waiting: string; readonly isOver?: () => boolean },
): Promise<OrderEvent | undefined> {
  const { instant, waiting, isOver = () => false } = until;
  for (;;) {
    const renewal = Math.min(...order.holds.map(({ renewAt }) => renewAt ?? Infinity));
    const isRenewal = renewal < instant;
    const ms = Math.max(Math.min(renewal, instant) - Date.now(), 1);
    const event = await look({ ms, waiting: isRenewal ? 'Renew the hold' : waiting });
    if (event?.type === EVENTS.paymentVoided) await heedVoid(order, event);
    else if (event || !isRenewal) return event;
    else await renewDue(order);
    if (isOver()) return undefined;
  }
}

/** Before the order is confirmed: whether what was held is held still, by what was told meanwhile; where it has waited, by asking. */
export async function lookAfterHolds(order: Order, { hasWaited }: { hasWaited: boolean }): Promise<void> {
  for (;;) {
    const event = order.inbox.takeNow([EVENTS.paymentVoided]);
    if (!event) break;
    await heedVoid(order, event);
  }
  if (!hasWaited) return;
  for (const hold of [...order.holds]) {
    const { state, says } = await order.steps.confirmPayment(hold);
    if (state !== 'authorized') lose(order, hold, says);
  }
}

async function heedVoid(order: Order, event: PaymentEvent): Promise<void> {
  const hold = order.holds.find(({ paymentId }) => paymentId === event.data.paymentId);
  if (!hold) {
    order.strays.push(event);
    return;
  }
  const standing = await order.steps.confirmVoid(hold);
  if (standing?.state === 'voided') lose(order, hold, standing.says);
  else
    await refute(event, standing ?? { says: 'the payment provider was not asked: a person has decided so' });
}

async function renewDue(order: Order): Promise<void> {
  for (const hold of [...order.holds]) {
    if ((hold.renewAt ?? Infinity) > Date.now()) continue;
    try {
      const { expiresAt } = await order.steps.renewPayment(hold, order.renewals++);
      replace(order, hold, withRenewal(order, hold, expiresAt));
    } catch (error) {
      const failure = failureOf(error);
      const isOver = (hold.expiresAt ?? 0) <= Date.now();
      // Nobody knows whether it was renewed: tried again, until its time is over.
      if (failure.kind === 'refused' || isOver) lose(order, hold, failure.message);
      else replace(order, hold, withRenewal(order, hold, hold.expiresAt));
    }
  }
}

function replace(order: Order, hold: HeldPayment, by: HeldPayment): void {
  order.holds = order.holds.map((each) => (each === hold ? by : each));
}

function lose(order: Order, hold: HeldPayment, why: string): void {
  order.holds = order.holds.filter((each) => each !== hold);
  order.lost.push({ hold, why });
  showDetails(`A hold is gone: ${why}`);
}

/**
 * Calls the parcels back whose payment is gone.
 *
 * @returns whether none has left; where one has, the payment is tried with what was held
 */
export async function callBack(order: Order): Promise<boolean> {
  try {
    for (const { booking } of order.parcels) await order.steps.createShipment(booking).withdraw();
    return true;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.type !== REFUSALS.parcelDispatched) throw failure;
    order.holds.push(...order.lost.splice(0).map(({ hold }) => hold));
    return false;
  }
}
