import { CancellationScope } from '@temporalio/workflow';
import type { SagaFailure } from 'sagaline/workflow';
import { asWorkflowFailure, failureOf, FAILURES, forwardSteps, showDetails } from 'sagaline/workflow';
import type { OrderDeadlines } from '../../../activities/shop/orders';
import type { SubmittedOrder } from '../../../domains/shop/events/orders';
import type { OrderEnd } from '../../../domains/shop/names';
import { REASONS, REFUSALS } from '../../../domains/shop/names';
import { causeOf, compensatedInput } from '../../../domains/shop/rules/endings';
import { orderTotal } from '../../../domains/shop/rules/pricing';
import { captures, refunds } from '../../../domains/shop/rules/authorizations';
import { priceOfParcel, stateByParcels } from '../../../domains/shop/rules/parcels';
import { TRANSITIONS } from '../../../domains/shop/rules/transitions';
import { close, closeAsCompensated, end } from './close';
import { forwardDecisions } from './state-machine';
import { outcomeOfOnlyParcel } from './delivery';
import { book, leave } from './dispatch';
import type { Paid } from './money';
import { giveBack, takePayment } from './money';
import { outcomesOfParcels } from './parcels';
import type { Order } from './parts';
import { chargeOf, dueOf, openedOrder, priceOf } from './parts';
import { payAgain } from './payment';
import { own, place } from './placing';
import { deadLetterChannel, notifyCustomer, openOrder, recordsOf, COMPENSATED } from './steps';

/** The order from its submission to its end. */
export async function run(
  submission: SubmittedOrder,
  opened: Pick<Order, 'inbox' | 'machine' | 'decisions' | 'things'>,
): Promise<OrderEnd> {
  const { inbox, machine, decisions, things } = opened;
  showDetails('Entering the order.');
  const forward = forwardSteps(forwardDecisions(machine, decisions));
  const records = recordsOf(submission.orderId);
  let deadlines: OrderDeadlines;
  try {
    // The entry cannot be interrupted: after a cancellation the order is either entered or not, and can be closed.
    deadlines = await openOrder(records, submission, forward);
  } catch (error) {
    const failure = failureOf(error);
    await deadLetterChannel.sendLeftOvers(inbox, failure.message);
    inbox.answer({ accepted: false, reason: failure.type, detail: failure.message });
    if (failure.type !== REFUSALS.orderExists) throw asWorkflowFailure(failure);
    return end(machine, 'entered-elsewhere', 'Another saga has this order: nothing was done.');
  }

  things.currency = submission.currency;
  things.customerId = submission.customerId;
  const order = openedOrder(submission, { ...opened, records, deadlines, forward });
  things.total = () => orderTotal(order.content);
  try {
    await place(order);
    await book(order);
    while ((await leave(order)) === 'unpaid') {
      await payAgain(order, own(order.scopes));
      await book(order);
    }
  } catch (error) {
    return compensate(order, failureOf(error));
  }
  // The goods have left, and there is no way back: a cancellation from the UI has no effect any more.
  for (const scope of order.scopes) scope.passPivot();
  return CancellationScope.nonCancellable(() =>
    goForward(order).catch((error: unknown) => endAsCompensated(order, error)),
  );
}

/**
 * The whole payment is captured when the first parcel leaves; the price of parcels that are lost, or never leave, is
 * refunded.
 */
async function goForward(order: Order): Promise<OrderEnd> {
  const { steps, forward, content } = order;
  const due = dueOf(order);
  const paid: Paid[] = [];
  for (const authorization of captures(order.authorizations, due))
    paid.push(...(await takePayment(order, authorization)));
  const isPlain = order.parcels.length === 1 && order.deadlines.lostParcel !== 'reship';
  const outcomes = await (isPlain ? outcomeOfOnlyParcel(order) : outcomesOfParcels(order));
  const back = order.parcels
    .filter((_, at) => outcomes[at] !== 'delivered')
    .reduce((sum, { lines }) => sum + priceOfParcel(lines, content.lines), 0);
  if (back > 0) {
    showDetails(`Not all has arrived: giving ${priceOf(order, back)} back.`);
    for (const part of refunds(paid, back)) await giveBack(order, part);
  }
  if (stateByParcels(outcomes) === 'completed') {
    await forward.retriable(steps.closeOrder({ state: 'completed', total: chargeOf(order, due - back) }));
    await notifyCustomer(order, 'order-completed', { price: priceOf(order, due - back) });
    return close(order, 'arrived', 'Paid and delivered.');
  }
  const because = { reason: REASONS.parcelLost, detail: 'The carrier has lost the parcel.' };
  await forward.retriable(steps.closeOrder({ state: 'refunded', total: chargeOf(order, due), ...because }));
  await notifyCustomer(order, 'order-refunded', because);
  return close(order, 'money-back', 'The parcel got lost; the customer has the money back.');
}

async function endAsCompensated(order: Order, error: unknown): Promise<OrderEnd> {
  if (failureOf(error).type !== FAILURES.stepCompensated) throw error;
  return closeAsCompensated(order);
}

/** Compensates what was done, and closes the order, even if the workflow was cancelled. */
async function compensate(order: Order, failure: SagaFailure): Promise<OrderEnd> {
  const { steps, forward, scopes, machine } = order;
  const detail = failure.type === FAILURES.stepCompensated ? COMPENSATED_BEFORE : failure.message;
  const because = { reason: failure.type, detail };
  // Answered before the compensations, which may take time: the order can no longer be accepted.
  order.inbox.answer({ accepted: false, ...because });
  const compensating = machine.transitionSilently(causeOf(failure));
  for (const scope of [...scopes].reverse()) await scope.compensate(compensating);
  const compensated = compensatedInput(failure, order.confirmed);
  const state = TRANSITIONS.compensating[compensated];
  return CancellationScope.nonCancellable(async () => {
    await forward.retriable(steps.closeOrder({ state, ...because }));
    const told = await notifyCustomer(order, `order-${state}`, because);
    if (told === COMPENSATED) return closeAsCompensated(order);
    return close(order, compensated, `Because of \`${failure.type}\`: ${failure.message}`);
  });
}

/** Does not contain the step's key, which means nothing to a customer. */
const COMPENSATED_BEFORE = 'a step of the order was compensated before';
