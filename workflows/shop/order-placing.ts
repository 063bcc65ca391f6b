import { REFUSALS } from '../../domains/shop/names';
import type { SagaFailure, SagaScope } from 'sagaline/workflow';
import { failureOf, showDetails } from 'sagaline/workflow';
import { voidSurplus, checkAuthorizations, refuseAmount } from './order-authorizations';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import {
  authorizationStep,
  authorizeWithOtherPaymentMethod,
  mayBePaidOtherwise,
  payAgain,
} from './order-payment';
import { obtainStock } from './order-stock';
import { applyRequests } from './order-requests';

/** Stock and payment, side by side; with both the order is confirmed, as it was amended meanwhile. */
export async function place(order: Order): Promise<void> {
  const { steps, scopes } = order;
  const isFree = dueOf(order) === 0;
  refuseAmount(dueOf(order), order.content);
  showDetails(isFree ? 'Reserving stock.' : `Reserving stock and authorizing ${steps.price(dueOf(order))}.`);
  const scope = own(scopes);
  const [reserved, held] = await Promise.allSettled([
    scope.step(steps.reserveStock(order.content.lines, order.reservations++)),
    isFree ? undefined : scope.step(authorizationStep(order)),
  ]);
  const [noStock, unpaid] = [failureIn(reserved), failureIn(held)];
  if (noStock && unpaid && asksInVain(order, noStock, unpaid)) throw unpaid;
  if (held.status === 'fulfilled' && held.value) order.authorizations.push(held.value);
  order.allocation =
    reserved.status === 'fulfilled'
      ? reserved.value
      : await obtainStock(order, scope, failureOf(reserved.reason));
  // What is left of it may be free.
  if (unpaid && dueOf(order) > 0)
    order.authorizations.push(await authorizeWithOtherPaymentMethod(order, scope, unpaid));
  await checkAuthorizations(order, { hasWaited: noStock !== undefined });
  await payAgain(order, scope);
  await voidSurplus(order);
  await applyRequests(order);
  await steps.confirmOrder(dueOf(order));
  order.confirmed = true;
  order.inbox.answer({ accepted: true });
}

function failureIn(outcome: PromiseSettledResult<unknown>): SagaFailure | undefined {
  return outcome.status === 'rejected' ? failureOf(outcome.reason) : undefined;
}

/** The customer would be asked about the stock of an order that has ended: cancelled, or never to be paid. */
function asksInVain(order: Order, noStock: SagaFailure, unpaid: SagaFailure): boolean {
  return noStock.type === REFUSALS.partialStock && !mayBePaidOtherwise(order, unpaid);
}

/** The scope of the order's own steps. */
export function own([scope]: readonly SagaScope[]): SagaScope {
  if (!scope) throw new Error('an order has a scope of its own');
  return scope;
}
