import { AMENDMENT_REFUSALS } from '../../src/domains/shop/names';
import { needless } from '../../src/domains/shop/rules/holds';
import { SagaFailure } from '../../src/saga';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import type { Authorizing } from './order-steps';

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
  for (const hold of surplus) await order.steps.liftHold(hold);
  order.holds = order.holds.filter((hold) => !surplus.includes(hold));
}
