import { REFUSALS } from '../../../domains/shop/names';
import type { SagaFailure, SagaScope } from 'sagaline/workflow';
import { failureOf, showDetails } from 'sagaline/workflow';
import { voidSurplus, checkAuthorizations, refuseAmount } from './authorizations';
import type { Order } from './parts';
import { chargeOf, dueOf, priceOf } from './parts';
import { authorizationStep, authorizeWithOtherPaymentMethod, mayBePaidOtherwise, payAgain } from './payment';
import { obtainStock } from './stock';
import { reservation } from './warehouse';
import { applyRequests } from './requests';

/** Secures stock and payment in parallel, and then confirms the order, with the amendments that it has had meanwhile. */
export async function place(order: Order): Promise<void> {
  const { records, scopes } = order;
  const isFree = dueOf(order) === 0;
  refuseAmount(dueOf(order), order.content);
  showDetails(
    isFree ? 'Reserving stock.' : `Reserving stock and authorizing ${priceOf(order, dueOf(order))}.`,
  );
  const scope = own(scopes);
  const [reserved, held] = await Promise.allSettled([
    scope.step(reservation(order, order.content.lines)),
    isFree ? undefined : scope.step(authorizationStep(order)),
  ]);
  const [noStock, unpaid] = [failureIn(reserved), failureIn(held)];
  if (noStock && unpaid && asksInVain(order, noStock, unpaid)) throw unpaid;
  if (held.status === 'fulfilled' && held.value) order.authorizations.push(held.value);
  order.allocation =
    reserved.status === 'fulfilled'
      ? reserved.value
      : await obtainStock(order, scope, failureOf(reserved.reason));
  // The rest of the order may be free.
  if (unpaid && dueOf(order) > 0)
    order.authorizations.push(await authorizeWithOtherPaymentMethod(order, scope, unpaid));
  await checkAuthorizations(order, { hasWaited: noStock !== undefined });
  await payAgain(order, scope);
  await voidSurplus(order);
  await applyRequests(order);
  await records.confirmOrder({ total: chargeOf(order, dueOf(order)) }).run();
  order.confirmed = true;
  order.inbox.answer({ accepted: true });
}

function failureIn(outcome: PromiseSettledResult<unknown>): SagaFailure | undefined {
  return outcome.status === 'rejected' ? failureOf(outcome.reason) : undefined;
}

/** A question about the stock is pointless when the payment was refused for good: the order ends anyway. */
function asksInVain(order: Order, noStock: SagaFailure, unpaid: SagaFailure): boolean {
  return noStock.type === REFUSALS.partialStock && !mayBePaidOtherwise(order, unpaid);
}

/** The scope of the order's own steps. */
export function own([scope]: readonly SagaScope[]): SagaScope {
  if (!scope) throw new Error('an order has a scope of its own');
  return scope;
}
