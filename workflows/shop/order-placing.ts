import type { SagaScope } from '../../src/saga';
import { failureOf, showDetails } from '../../src/saga';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import { holdPayment, holdWithOtherMeans } from './order-payment';
import { obtainStock } from './order-stock';
import { heedWishes } from './order-wishes';

/** Stock and payment, side by side; with both the order is confirmed, as it was amended meanwhile. */
export async function place(order: Order): Promise<void> {
  const { steps, scopes } = order;
  showDetails(`Reserving stock and holding ${steps.price(dueOf(order))}.`);
  const scope = own(scopes);
  const [reserved, held] = await Promise.allSettled([
    scope.step(steps.reserveStock(order.content.lines, order.reservations++)),
    scope.step(holdPayment(order)),
  ]);
  order.allocation =
    reserved.status === 'fulfilled'
      ? reserved.value
      : await obtainStock(order, scope, failureOf(reserved.reason));
  order.holds.push(
    held.status === 'fulfilled' ? held.value : await holdWithOtherMeans(order, scope, failureOf(held.reason)),
  );
  await heedWishes(order);
  await steps.confirmOrder(dueOf(order));
  order.confirmed = true;
  order.inbox.answer({ accepted: true });
}

/** The scope of the order's own steps. */
export function own([scope]: readonly SagaScope[]): SagaScope {
  if (!scope) throw new Error('an order has a scope of its own');
  return scope;
}
