import { CancellationScope } from '@temporalio/workflow';
import { AMENDMENT_REFUSALS } from '../../../domains/shop/names';
import type { Shipment } from '../../../activities/shop/shipping';
import type { Allocation } from '../../../domains/shop/rules/allocation';
import { sameLines, takenOut, together, without } from '../../../domains/shop/rules/allocation';
import type { Amended } from '../../../domains/shop/rules/amendment';
import { amend, endsTheOrder, refusalFor, refuseOthers } from '../../../domains/shop/rules/amendment';
import { outstandingOf } from '../../../domains/shop/rules/authorizations';
import { orderTotal } from '../../../domains/shop/rules/pricing';
import type { SagaScope } from 'sagaline/workflow';
import { failureOf, openSaga, SagaFailure, showDetails } from 'sagaline/workflow';
import { writeDown } from './content';
import { compensationDecisions } from './state-machine';
import type { AmendmentRequested } from './events';
import { authorizationOf, voidSurplus, refuseAmount, withRenewal } from './authorizations';
import { hasParcels, hasPayment } from './notifications';
import type { AuthorizedPayment, Order, Parcel } from './parts';
import { bookingOf, priceOf, withShipments } from './parts';
import { reduceStock, reservation } from './warehouse';

/**
 * Amends an order, or leaves it exactly as it was and publishes why. First it obtains what the amendment needs in addition, each
 * step with its compensation. The pivot is the cancellation of the old booking, which the carrier refuses once it has the parcel.
 * Then it records the amendment, and gives back what the order no longer needs.
 *
 * @throws SagaFailure when a person has cancelled the workflow meanwhile
 */
export async function amendOrder(order: Order, { data }: AmendmentRequested): Promise<void> {
  const { steps, forward, machine, decisions } = order;
  const revision = ++order.revision;
  const amended = refuseOthers(order.customerId, data) ?? amend(order.content, data);
  if (amended.kind === 'refused') {
    const { reason, detail } = amended;
    await forward.retriable(steps.refuseAmendment({ reason, detail }));
    return;
  }

  showDetails(`Amending the order, for ${priceOf(order, orderTotal(amended.content).amount)}.`);
  const scope = openSaga(compensationDecisions(machine, decisions));
  // The order's payment method may be valid for one payment only: then the provider refuses it, and the amendment needs its own.
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
    await forward.retriable(steps.refuseAmendment({ reason, detail }));
    showDetails(`An amendment was refused: ${detail}`);
    return;
  }
  // The old booking is cancelled: if you cancel the workflow now, you cancel an amended order.
  await CancellationScope.nonCancellable(() => settle(order, scope, amended, { revision, ...got }));
  order.paymentToken = paymentToken;
}

/** Payments that were made for the amendment are voided: notifications about them change nothing from now on. */
function forgetWithdrawn({ things, authorizations }: Order): void {
  for (const paymentId of things.payments.keys())
    if (!authorizations.some((authorization) => authorization.paymentId === paymentId))
      things.payments.delete(paymentId);
}

const SEND_ONE = 'Send a paymentToken with the amendment.';

/** What the order has when it is amended. */
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
  const amount = outstandingOf(order.authorizations, orderTotal(amended.content).amount);
  refuseAmount(amount, amended.content);
  let { allocation } = order;
  if (amended.more.length > 0) {
    const preferred = allocation.map(({ warehouse }) => warehouse);
    const more = await scope.step(reservation(order, amended.more, preferred));
    allocation = together(allocation, more);
  }
  const out = takenOut(allocation, amended.fewer);
  allocation = without(allocation, out);
  const authorizations = [...order.authorizations];
  if (amount > 0) {
    const authorization = authorizationOf(order, amount, amended.paymentToken);
    const { paymentId, state, expiresAt } = await scope.step(authorization);
    hasPayment(order.things, paymentId, amount);
    if (state === 'pending') {
      const detail = 'the payment provider wants time to decide on the difference';
      throw new SagaFailure('unknown', AMENDMENT_REFUSALS.paymentPending, detail);
    }
    authorizations.push(withRenewal(order, { amount, authorization, paymentId }, expiresAt));
  }
  return { authorizations, allocation, out, parcels: await rebook(order, scope, amended, allocation) };
}

/**
 * The carrier needs a new booking for other contents as well as for another address. At most one booking can be cancelled:
 * of two, the second cancellation might be refused, and the first could not be reversed.
 */
async function rebook(
  order: Order,
  scope: SagaScope,
  { content, addressChanged }: Amended,
  allocation: readonly Allocation[],
): Promise<Parcel[]> {
  if (order.parcels.length === 0) return [];
  const kept = order.parcels.filter(
    ({ warehouse, lines }) =>
      !addressChanged && allocation.some((of) => of.warehouse === warehouse && sameLines(of.lines, lines)),
  );
  const given = order.parcels.filter((parcel) => !kept.includes(parcel));
  if (given.length > 1) {
    const detail = 'the order is in several parcels, and more than one of them would have to be booked anew';
    throw new SagaFailure('refused', AMENDMENT_REFUSALS.severalParcels, detail);
  }
  const fresh = allocation.filter(({ warehouse }) => !kept.some((parcel) => parcel.warehouse === warehouse));
  const bookings = fresh.map((part) => bookingOf(order, part, content.shippingAddress));
  const shipments = await scope.parallel<Shipment[]>(...bookings.map(({ call }) => call));
  for (const { call } of given) await order.forward.pivot(call.compensation);
  return [...kept, ...withShipments(bookings, shipments)];
}

async function settle(
  order: Order,
  scope: SagaScope,
  { content, addressChanged }: Amended,
  { revision, authorizations, allocation, out, parcels }: Got & { readonly revision: number },
): Promise<void> {
  const { scopes } = order;
  scopes.push(scope);
  order.content = content;
  order.allocation = allocation;
  order.parcels = parcels;
  hasParcels(
    order.things,
    parcels.map(({ shipment }) => shipment.shipmentId),
  );
  await writeDown(order, { revision, addressChanged });
  for (const part of out) await reduceStock(order, part);
  order.authorizations = authorizations;
  await voidSurplus(order);
}
