import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { OrderDeadlines } from '../../activities/shop/orders';
import type { EventOf } from '../../src/contracts/event';
import type { SagaResult } from '../../src/contracts/saga';
import { FAILURES } from '../../src/contracts/saga';
import type { orderSubmitted, shipmentDelivered, shipmentDispatched } from '../../src/domains/shop/events';
import type { SubmittedOrder } from '../../src/domains/shop/events/orders';
import type { OrderEnd, OrderState } from '../../src/domains/shop/names';
import { EVENTS, REFUSALS } from '../../src/domains/shop/names';
import type { Inbox, SagaScope } from '../../src/saga';
import {
  asWorkflowFailure,
  failureOf,
  openInbox,
  openSaga,
  SagaFailure,
  showDetails,
  showState,
} from '../../src/saga';
import type { OrderSteps } from './order-steps';
import { openOrder, stepsFor } from './order-steps';

/** An order is opened by its submission, which is in the inbox at once; this guards against the case that it is not. */
const SUBMISSION_WITHIN_MS = 24 * 60 * 60_000;
/** Reason of an order whose parcel the carrier never fetched. */
const DISPATCH_OVERDUE = 'dispatch-overdue';

/**
 * One order, from its submission to its end: stock is reserved and the payment held side by side, the carrier is
 * booked; when the parcel leaves, the payment is taken, and when it arrives the order is complete. What fails before the
 * payment is taken is undone in reverse order.
 */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const inbox = openInbox();
  const saga = openSaga();
  const submitted = await inbox.take<EventOf<typeof orderSubmitted>>([EVENTS.orderSubmitted], {
    ms: SUBMISSION_WITHIN_MS,
    waiting: 'Waiting for the order itself',
  });
  if (!submitted)
    throw ApplicationFailure.nonRetryable(`order ${key} was never submitted`, FAILURES.unmatched);

  const state = await run(submitted.data, inbox, saga);
  return { state, seen: inbox.seen() };
}

async function run(submission: SubmittedOrder, inbox: Inbox, saga: SagaScope): Promise<OrderEnd> {
  showDetails('Entering the order.');
  let deadlines: OrderDeadlines;
  try {
    deadlines = await openOrder(submission);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.type !== REFUSALS.orderExists) throw asWorkflowFailure(failure);
    return end('duplicate', 'Another saga has this order: nothing was done.');
  }

  const steps = stepsFor(submission, deadlines);
  const progress = { confirmed: false };
  try {
    const paymentId = await place(steps, saga, progress);
    await ship(steps, saga, inbox, deadlines);
    await take(steps, saga, paymentId);
  } catch (error) {
    return undo(steps, saga, failureOf(error), progress);
  }
  // With the payment taken there is no way back: a cancellation from the UI changes nothing any more.
  return CancellationScope.nonCancellable(async () => {
    await Promise.all([steps.shipStock(), deliver(inbox, deadlines)]);
    return complete(steps);
  });
}

/** Stock and payment, side by side; with both the order is confirmed. */
async function place(steps: OrderSteps, saga: SagaScope, progress: { confirmed: boolean }): Promise<string> {
  showDetails(`Reserving stock and holding ${steps.price}.`);
  const [, { paymentId }] = await saga.parallel(steps.reserveStock, steps.authorizePayment);
  await steps.confirmOrder();
  progress.confirmed = true;
  return paymentId;
}

/** The carrier is booked and has fetched the parcel. */
async function ship(
  steps: OrderSteps,
  saga: SagaScope,
  inbox: Inbox,
  deadlines: OrderDeadlines,
): Promise<void> {
  const { trackingNumber } = await saga.step(steps.createShipment);
  show('awaiting-dispatch', `Waiting for the carrier to fetch parcel ${trackingNumber}.`);
  const dispatched = await inbox.take<EventOf<typeof shipmentDispatched>>([EVENTS.shipmentDispatched], {
    ms: deadlines.dispatchWithinMs,
    waiting: `Deadline for the dispatch of ${trackingNumber}`,
  });
  if (!dispatched)
    throw new SagaFailure('failed', DISPATCH_OVERDUE, `${trackingNumber} was not dispatched in time`);
}

/** The pivot. */
async function take(steps: OrderSteps, saga: SagaScope, paymentId: string): Promise<void> {
  show('awaiting-delivery', `The parcel is on its way; taking ${steps.price}.`);
  await steps.capturePayment(paymentId);
  saga.passPivot();
}

async function deliver(inbox: Inbox, deadlines: OrderDeadlines): Promise<void> {
  showDetails('Paid; waiting for the delivery.');
  const delivered: readonly [EventOf<typeof shipmentDelivered>['type']] = [EVENTS.shipmentDelivered];
  const deadline = { ms: deadlines.deliveryWithinMs, waiting: 'Deadline for the delivery' };
  if (await inbox.take<EventOf<typeof shipmentDelivered>>(delivered, deadline)) return;
  show('awaiting-decision', 'Paid, and **not delivered in time**: ask the carrier.');
  await inbox.takeWhenever<EventOf<typeof shipmentDelivered>>(delivered);
}

async function complete(steps: OrderSteps): Promise<OrderEnd> {
  await steps.completeOrder();
  await steps.notifyCustomer('order-completed', { price: steps.price });
  return end('completed', 'Paid and delivered.');
}

/** Undoes what was done, and closes the order; also when somebody has cancelled the workflow. */
async function undo(
  steps: OrderSteps,
  saga: SagaScope,
  failure: SagaFailure,
  { confirmed }: { confirmed: boolean },
): Promise<OrderEnd> {
  const state = confirmed ? 'compensated' : 'rejected';
  const because = { reason: failure.type, detail: failure.message };
  await saga.compensate('compensating');
  await CancellationScope.nonCancellable(async () => {
    await steps.closeFailedOrder(state, because);
    await steps.notifyCustomer(`order-${state}`, because);
  });
  return end(state, `Because of \`${failure.type}\`: ${failure.message}`);
}

function end(state: OrderEnd, words: string): OrderEnd {
  show(state, words);
  return state;
}

function show(state: OrderState, words: string): void {
  showState(state, words);
}
