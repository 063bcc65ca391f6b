import { CancellationScope } from '@temporalio/workflow';
import { AMENDMENT_REFUSALS } from '../../domains/shop/names';
import type { Shipment } from '../../activities/shop/shipping';
import type { Allocation } from '../../domains/shop/rules/allocation';
import { sameLines, takenOut, together, without } from '../../domains/shop/rules/allocation';
import type { Amended } from '../../domains/shop/rules/amendment';
import { amend, endsTheOrder, refusalFor } from '../../domains/shop/rules/amendment';
import { missing } from '../../domains/shop/rules/holds';
import { orderTotal } from '../../domains/shop/rules/pricing';
import type { SagaScope } from 'sagaline/workflow';
import { failureOf, openSaga, SagaFailure, showDetails } from 'sagaline/workflow';
import { undoDecisions } from './order-course';
import type { AmendmentRequested } from './order-events';
import { liftSurplus, nextHold, refuseAmount, withRenewal } from './order-holds';
import { hasParcels, hasPayment } from './order-news';
import type { HeldPayment, Order, Parcel } from './order-parts';
import { withShipments } from './order-parts';

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
  if (wish.kind === 'refused') {
    await steps.refuseAmendment(wish);
    return;
  }

  showDetails(`Amending the order, for ${steps.price(orderTotal(wish.content).amount)}.`);
  const scope = openSaga(undoDecisions(course, decisions));
  // The means of the order may be good for one payment only: then the provider says so, and the amendment needs one of its own.
  const { paymentToken = order.paymentToken } = data;
  let got: Got;
  try {
    got = await obtain(order, scope, { ...wish, paymentToken });
  } catch (error) {
    const failure = failureOf(error);
    await scope.compensate(course.place);
    forgetWithdrawn(order);
    if (endsTheOrder(failure)) throw failure;
    const reason = refusalFor(failure);
    const detail =
      reason === AMENDMENT_REFUSALS.paymentMethodRequired
        ? `${failure.message} ${SEND_ONE}`
        : failure.message;
    await steps.refuseAmendment({ reason, detail });
    showDetails(`An amendment was refused: ${detail}`);
    return;
  }
  // The old booking is withdrawn: whoever cancels the workflow now finds an order that is amended.
  await CancellationScope.nonCancellable(() => settle(order, scope, wish, { revision, ...got }));
  order.paymentToken = paymentToken;
}

/** What was held for the amendment is withdrawn: the news of it changes nothing, and is of a payment that the order had. */
function forgetWithdrawn({ things, holds }: Order): void {
  for (const paymentId of things.payments.keys())
    if (!holds.some((hold) => hold.paymentId === paymentId)) things.payments.delete(paymentId);
}

const SEND_ONE = 'Send a paymentToken with the amendment.';

/** What the order is to have when it is amended. */
interface Got {
  readonly holds: HeldPayment[];
  readonly allocation: Allocation[];
  readonly out: Allocation[];
  readonly parcels: Parcel[];
}

async function obtain(
  order: Order,
  scope: SagaScope,
  wish: Amended & Pick<Order, 'paymentToken'>,
): Promise<Got> {
  const { steps } = order;
  const amount = missing(order.holds, orderTotal(wish.content).amount);
  refuseAmount(amount, wish.content);
  let { allocation } = order;
  if (wish.more.length > 0) {
    const preferred = allocation.map(({ warehouse }) => warehouse);
    const more = await scope.step(steps.reserveStock(wish.more, order.reservations++, preferred));
    allocation = together(allocation, more);
  }
  const out = takenOut(allocation, wish.fewer);
  allocation = without(allocation, out);
  const holds = [...order.holds];
  if (amount > 0) {
    const hold = nextHold(order, amount, wish.paymentToken);
    const { paymentId, state, expiresAt } = await scope.step(steps.authorizePayment(hold));
    hasPayment(order.things, paymentId, amount);
    if (state === 'pending') {
      const detail = 'the payment provider wants time to decide on the difference';
      throw new SagaFailure('unknown', AMENDMENT_REFUSALS.paymentPending, detail);
    }
    holds.push(withRenewal(order, { ...hold, paymentId }, expiresAt));
  }
  return { holds, allocation, out, parcels: await rebook(order, scope, wish, allocation) };
}

/**
 * The carrier is told of other contents as well as of another address. At most one booking can be withdrawn: of two the
 * second might be refused, and the first could not be had back.
 */
async function rebook(
  order: Order,
  scope: SagaScope,
  { content, addressChanged }: Amended,
  allocation: readonly Allocation[],
): Promise<Parcel[]> {
  const { steps } = order;
  if (order.parcels.length === 0) return [];
  const kept = order.parcels.filter(
    ({ warehouse, booking }) =>
      !addressChanged &&
      allocation.some((of) => of.warehouse === warehouse && sameLines(of.lines, booking.parcels)),
  );
  const given = order.parcels.filter((parcel) => !kept.includes(parcel));
  if (given.length > 1) {
    const detail = 'the order is in several parcels, and more than one of them would have to be booked anew';
    throw new SagaFailure('refused', AMENDMENT_REFUSALS.severalParcels, detail);
  }
  const fresh = allocation.filter(({ warehouse }) => !kept.some((parcel) => parcel.warehouse === warehouse));
  const booked = fresh.map(({ warehouse, lines }) => ({
    warehouse,
    booking: { recipient: content.shippingAddress, parcels: lines, number: order.bookings++ },
  }));
  const shipments = await scope.parallel<Shipment[]>(
    ...booked.map(({ booking }) => steps.createShipment(booking)),
  );
  for (const { booking } of given) await steps.createShipment(booking).withdraw();
  return [...kept, ...withShipments(booked, shipments)];
}

async function settle(
  order: Order,
  scope: SagaScope,
  { content, addressChanged }: Amended,
  { revision, holds, allocation, out, parcels }: Got & { readonly revision: number },
): Promise<void> {
  const { steps, scopes } = order;
  scopes.push(scope);
  order.content = content;
  order.allocation = allocation;
  order.parcels = parcels;
  hasParcels(
    order.things,
    parcels.map(({ shipment }) => shipment.shipmentId),
  );
  await steps.amendOrder(content, { revision, addressChanged });
  for (const part of out) await steps.reduceStock(part);
  order.holds = holds;
  await liftSurplus(order);
}
