import { CancellationScope } from '@temporalio/workflow';
import { AMENDMENT_REFUSALS } from '../../src/domains/shop/names';
import type { Amended } from '../../src/domains/shop/rules/amendment';
import { amend, endsTheOrder, refusalFor } from '../../src/domains/shop/rules/amendment';
import { missing, needless } from '../../src/domains/shop/rules/holds';
import { orderTotal } from '../../src/domains/shop/rules/pricing';
import type { SagaScope } from '../../src/saga';
import { failureOf, openSaga, SagaFailure, showDetails } from '../../src/saga';
import { undoDecisions } from './order-course';
import type { AmendmentRequested } from './order-events';
import type { HeldPayment, Order } from './order-parts';
import { dueOf } from './order-parts';

/**
 * Amends an order, or leaves it exactly as it was and says why. What the amendment needs in addition is got first, each
 * step with its undo; the pivot is the withdrawal of the old booking, which the carrier refuses once it has the parcel.
 * Then the amendment is written down, and what it no longer needs is given back.
 *
 * @throws SagaFailure where somebody has cancelled the workflow meanwhile
 */
export async function amendOrder(order: Order, { data }: AmendmentRequested): Promise<void> {
  const { steps, course, decisions } = order;
  const revision = ++order.revision;
  const wish = amend(order.content, data);
  if (wish.kind === 'refused') return steps.refuseAmendment(wish);

  showDetails(`Amending the order, for ${steps.price(orderTotal(wish.content).amount)}.`);
  const scope = openSaga(undoDecisions(course, decisions));
  let got: Got;
  try {
    got = await obtain(order, scope, wish, revision);
  } catch (error) {
    const failure = failureOf(error);
    await scope.compensate(course.place);
    if (endsTheOrder(failure)) throw failure;
    const { message: detail } = failure;
    await steps.refuseAmendment({ reason: refusalFor(failure), detail });
    showDetails(`An amendment was refused: ${detail}`);
    return;
  }
  // The old booking is withdrawn: whoever cancels the workflow now finds an order that is amended.
  await CancellationScope.nonCancellable(() => settle(order, scope, wish, { revision, ...got }));
}

/** What an amendment has got in addition. */
interface Got {
  readonly holds: HeldPayment[];
  readonly booked: Order['booked'];
}

async function obtain(order: Order, scope: SagaScope, wish: Amended, revision: number): Promise<Got> {
  const { steps } = order;
  if (wish.more.length > 0) await scope.step(steps.reserveStock(wish.more, revision));
  const holds = [...order.holds];
  const amount = missing(holds, orderTotal(wish.content).amount);
  if (amount > 0) {
    const hold = { amount, number: order.authorizations++, paymentToken: order.paymentToken };
    const { paymentId, state } = await scope.step(steps.authorizePayment(hold));
    if (state === 'pending') {
      const detail = 'the payment provider wants time to decide on the difference';
      throw new SagaFailure('failed', AMENDMENT_REFUSALS.paymentPending, detail);
    }
    holds.push({ ...hold, paymentId });
  }
  return { holds, booked: await rebook(order, scope, wish, revision) };
}

/** The carrier is told of other contents as well as of another address. */
async function rebook(
  { steps, booked }: Order,
  scope: SagaScope,
  { content, more, fewer, addressChanged }: Amended,
  revision: number,
): Promise<Order['booked']> {
  if (!booked) return undefined;
  if (!addressChanged && more.length === 0 && fewer.length === 0) return booked;
  const booking = { recipient: content.shippingAddress, parcels: content.lines, number: revision };
  const shipment = await scope.step(steps.createShipment(booking));
  await steps.createShipment(booked.booking).withdraw();
  return { booking, shipment };
}

async function settle(
  order: Order,
  scope: SagaScope,
  { content, fewer, addressChanged }: Amended,
  { revision, holds, booked }: Got & { readonly revision: number },
): Promise<void> {
  const { steps, scopes } = order;
  scopes.push(scope);
  order.content = content;
  if (booked) order.booked = booked;
  await steps.amendOrder(content, { revision, addressChanged });
  if (fewer.length > 0) await steps.reduceStock(fewer, revision);
  const spare = needless(holds, dueOf(order));
  for (const hold of spare) await steps.liftHold(hold);
  order.holds = holds.filter((hold) => !spare.includes(hold));
}
