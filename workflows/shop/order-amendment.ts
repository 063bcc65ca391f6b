import { CancellationScope } from '@temporalio/workflow';
import { AMENDMENT_REFUSALS } from '../../domains/shop/names';
import type { Shipment } from '../../activities/shop/shipping';
import type { Allocation } from '../../domains/shop/rules/allocation';
import { sameLines, takenOut, together, without } from '../../domains/shop/rules/allocation';
import type { Amended } from '../../domains/shop/rules/amendment';
import { amend, endsTheOrder, refusalFor } from '../../domains/shop/rules/amendment';
import { outstandingOf } from '../../domains/shop/rules/authorizations';
import { orderTotal } from '../../domains/shop/rules/pricing';
import type { SagaScope } from 'sagaline/workflow';
import { failureOf, openSaga, SagaFailure, showDetails } from 'sagaline/workflow';
import { compensationDecisions } from './order-state-machine';
import type { AmendmentRequested } from './order-events';
import { voidSurplus, nextAuthorization, refuseAmount, withRenewal } from './order-authorizations';
import { hasParcels, hasPayment } from './order-notifications';
import type { AuthorizedPayment, Order, Parcel } from './order-parts';
import { withShipments } from './order-parts';

/**
 * Amends an order, or leaves it exactly as it was and says why. What the amendment needs in addition is got first, each
 * step with its compensation; the pivot is the withdrawal of the old booking, which the carrier refuses once it has the parcel.
 * Then the amendment is written down, and what it no longer needs is given back.
 *
 * @throws SagaFailure where somebody has cancelled the workflow meanwhile
 */
export async function amendOrder(order: Order, { data }: AmendmentRequested): Promise<void> {
  const { steps, machine, decisions } = order;
  const revision = ++order.revision;
  const amended = amend(order.content, data);
  if (amended.kind === 'refused') {
    await steps.refuseAmendment(amended);
    return;
  }

  showDetails(`Amending the order, for ${steps.price(orderTotal(amended.content).amount)}.`);
  const scope = openSaga(compensationDecisions(machine, decisions));
  // The payment method of the order may be good for one payment only: then the provider says so, and the amendment needs one of its own.
  const { paymentToken = order.paymentToken } = data;
  let got: Got;
  try {
    got = await obtain(order, scope, { ...amended, paymentToken });
  } catch (error) {
    const failure = failureOf(error);
    await scope.compensate(machine.state);
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
  await CancellationScope.nonCancellable(() => settle(order, scope, amended, { revision, ...got }));
  order.paymentToken = paymentToken;
}

/** What was held for the amendment is withdrawn: the notification of it changes nothing, and is of a payment that the order had. */
function forgetWithdrawn({ things, authorizations }: Order): void {
  for (const paymentId of things.payments.keys())
    if (!authorizations.some((authorization) => authorization.paymentId === paymentId))
      things.payments.delete(paymentId);
}

const SEND_ONE = 'Send a paymentToken with the amendment.';

/** What the order is to have when it is amended. */
interface Got {
  readonly authorizations: AuthorizedPayment[];
  readonly allocation: Allocation[];
  readonly out: Allocation[];
  readonly parcels: Parcel[];
}

async function obtain(
  order: Order,
  scope: SagaScope,
  amended: Amended & Pick<Order, 'paymentToken'>,
): Promise<Got> {
  const { steps } = order;
  const amount = outstandingOf(order.authorizations, orderTotal(amended.content).amount);
  refuseAmount(amount, amended.content);
  let { allocation } = order;
  if (amended.more.length > 0) {
    const preferred = allocation.map(({ warehouse }) => warehouse);
    const more = await scope.step(steps.reserveStock(amended.more, order.reservations++, preferred));
    allocation = together(allocation, more);
  }
  const out = takenOut(allocation, amended.fewer);
  allocation = without(allocation, out);
  const authorizations = [...order.authorizations];
  if (amount > 0) {
    const authorization = nextAuthorization(order, amount, amended.paymentToken);
    const { paymentId, state, expiresAt } = await scope.step(steps.authorizePayment(authorization));
    hasPayment(order.things, paymentId, amount);
    if (state === 'pending') {
      const detail = 'the payment provider wants time to decide on the difference';
      throw new SagaFailure('unknown', AMENDMENT_REFUSALS.paymentPending, detail);
    }
    authorizations.push(withRenewal(order, { ...authorization, paymentId }, expiresAt));
  }
  return { authorizations, allocation, out, parcels: await rebook(order, scope, amended, allocation) };
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
  { revision, authorizations, allocation, out, parcels }: Got & { readonly revision: number },
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
  order.authorizations = authorizations;
  await voidSurplus(order);
}
