import { patched } from '@temporalio/workflow';
import { REFUSALS } from '../../src/domains/shop/names';
import type { SagaFailure, SagaScope } from '../../src/saga';
import { failureOf, showDetails } from '../../src/saga';
import { liftSurplus } from './order-holds';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import { holdPayment, holdWithOtherMeans, mayBePaidOtherwise, refuseAmount } from './order-payment';
import { obtainStock } from './order-stock';
import { heedWishes } from './order-wishes';

/** Stock and payment, side by side; with both the order is confirmed, as it was amended meanwhile. */
export async function place(order: Order): Promise<void> {
  const { steps, scopes } = order;
  refuseAmount(dueOf(order), order.content);
  const isFree = dueOf(order) === 0;
  showDetails(isFree ? 'Reserving stock.' : `Reserving stock and holding ${steps.price(dueOf(order))}.`);
  const scope = own(scopes);
  const [reserved, held] = await Promise.allSettled([
    scope.step(steps.reserveStock(order.content.lines, order.reservations++)),
    isFree ? undefined : scope.step(holdPayment(order)),
  ]);
  const [noStock, unpaid] = [failureIn(reserved), failureIn(held)];
  if (noStock && unpaid && asksInVain(order, noStock, unpaid)) throw unpaid;
  order.allocation =
    reserved.status === 'fulfilled'
      ? reserved.value
      : await obtainStock(order, scope, failureOf(reserved.reason));
  if (held.status === 'fulfilled') order.holds.push(...(held.value ? [held.value] : []));
  // What is left of it may be free.
  else if (dueOf(order) > 0) order.holds.push(await holdWithOtherMeans(order, scope, failureOf(held.reason)));
  await liftSurplus(order);
  await heedWishes(order);
  await steps.confirmOrder(dueOf(order));
  order.confirmed = true;
  order.inbox.answer({ accepted: true });
}

function failureIn(outcome: PromiseSettledResult<unknown>): SagaFailure | undefined {
  return outcome.status === 'rejected' ? failureOf(outcome.reason) : undefined;
}

/** The customer would be asked about the stock of an order that has ended: cancelled, or never to be paid. */
function asksInVain(order: Order, noStock: SagaFailure, unpaid: SagaFailure): boolean {
  if (noStock.type !== REFUSALS.partialStock || mayBePaidOtherwise(order, unpaid, 1)) return false;
  // Before, they were asked: so they are in what was recorded then.
  return patched('unpaid-is-not-asked');
}

/** The scope of the order's own steps. */
export function own([scope]: readonly SagaScope[]): SagaScope {
  if (!scope) throw new Error('an order has a scope of its own');
  return scope;
}
