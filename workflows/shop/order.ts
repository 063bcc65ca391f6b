import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { OrderDeadlines } from '../../activities/shop/orders';
import type { SagaResult } from '../../src/contracts/saga';
import { FAILURES } from '../../src/contracts/saga';
import type { SubmittedOrder } from '../../src/domains/shop/events/orders';
import type { OrderEnd, OrderState } from '../../src/domains/shop/names';
import { EVENTS, REASONS, REFUSALS } from '../../src/domains/shop/names';
import type { Decisions, SagaScope } from '../../src/saga';
import {
  asWorkflowFailure,
  failureOf,
  openDecisions,
  openDoor,
  openInbox,
  openSaga,
  SagaFailure,
  showDetails,
  showState,
} from '../../src/saga';
import { cancelled, heedCancellation } from './order-cancellation';
import { fateOfParcel } from './order-delivery';
import type { OrderEvent, OrderInbox } from './order-events';
import { CANCELLATION, DISPATCH, PARCEL_NEWS, SUBMITTED } from './order-events';
import { holdPayment } from './order-payment';
import type { OrderSteps } from './order-steps';
import { buryEvents, deadlinesBeforeSubmission, openOrder, stepsFor } from './order-steps';

/** What the parts of one order's saga share. */
interface Order {
  readonly steps: OrderSteps;
  readonly saga: SagaScope;
  readonly decisions: Decisions;
  readonly inbox: OrderInbox;
  readonly deadlines: OrderDeadlines;
  confirmed: boolean;
}

/**
 * One order, from its submission to its end: stock is reserved and the payment held side by side, the carrier is
 * booked; when the parcel leaves, the payment is taken, and when it arrives the order is complete. What fails, or is
 * cancelled by the customer, before the parcel has left is undone in reverse order.
 */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const inbox: OrderInbox = openDoor(openInbox<OrderEvent>());
  const decisions = openDecisions();
  const submitted = inbox.takeNow(SUBMITTED) ?? (await submission(inbox, key));
  const state = await run(submitted.data, inbox, decisions);
  return { state, seen: inbox.seen() };
}

/** An early event has opened the workflow: it keeps what comes until the order itself is here. */
async function submission(
  inbox: OrderInbox,
  key: string,
): Promise<Extract<OrderEvent, { type: (typeof SUBMITTED)[0] }>> {
  show('awaiting-submission', 'News has come before the order itself; waiting for the order.');
  // Only the wait may be cancelled: whoever cancels before it must not take the news along.
  const { submissionWithinMs } = await CancellationScope.nonCancellable(deadlinesBeforeSubmission);
  const deadline = { ms: submissionWithinMs, waiting: 'Deadline for the order itself' };
  const submitted = await inbox.take(SUBMITTED, deadline).catch(giveUpIfCancelled);
  if (submitted) {
    show('placing', 'Entering the order.');
    return submitted;
  }
  const detail = `the order ${key} was never submitted`;
  await buryAll(inbox, 'unmatched', detail);
  throw ApplicationFailure.nonRetryable(detail, FAILURES.unmatched);
}

/** Somebody who cancels the workflow in the UI does not wait for the deadline. */
function giveUpIfCancelled(error: unknown): undefined {
  if (!isCancellation(error)) throw error;
}

async function run(submission: SubmittedOrder, inbox: OrderInbox, decisions: Decisions): Promise<OrderEnd> {
  showDetails('Entering the order.');
  let deadlines: OrderDeadlines;
  try {
    // Entered or not, nothing in between: whoever cancels meanwhile finds an order that can be closed.
    deadlines = await CancellationScope.nonCancellable(() => openOrder(submission));
  } catch (error) {
    const failure = failureOf(error);
    await buryAll(inbox, 'late', failure.message);
    inbox.answer({ accepted: false, reason: failure.type, detail: failure.message });
    if (failure.type !== REFUSALS.orderExists) throw asWorkflowFailure(failure);
    return end('duplicate', 'Another saga has this order: nothing was done.');
  }

  const saga = openSaga(decisions);
  const order: Order = {
    steps: stepsFor(submission, deadlines),
    saga,
    decisions,
    inbox,
    deadlines,
    confirmed: false,
  };
  let sent: Sent;
  try {
    const paymentId = await place(order);
    const shipmentId = await ship(order);
    sent = { paymentId, shipmentId };
  } catch (error) {
    return undo(order, failureOf(error));
  }
  // The goods have left, there is no way back: a cancellation from the UI changes nothing any more.
  saga.passPivot();
  return CancellationScope.nonCancellable(() => forward(order, sent));
}

/** Stock and payment, side by side; with both the order is confirmed. */
async function place(order: Order): Promise<string> {
  const { steps, saga, inbox, deadlines } = order;
  showDetails(`Reserving stock and holding ${steps.price}.`);
  const [, paymentId] = await saga.parallel(steps.reserveStock, holdPayment(steps, inbox, deadlines));
  heedCancellation(inbox);
  await steps.confirmOrder();
  order.confirmed = true;
  inbox.answer({ accepted: true });
  return paymentId;
}

/** The carrier is booked and has fetched the parcel. */
async function ship({ steps, saga, inbox, deadlines }: Order): Promise<string> {
  const { shipmentId, trackingNumber } = await saga.step(steps.createShipment);
  show('awaiting-dispatch', `Waiting for the carrier to fetch parcel ${trackingNumber}.`);
  const news = await inbox.take([...DISPATCH, ...CANCELLATION], {
    ms: deadlines.dispatchWithinMs,
    waiting: `Deadline for the dispatch of ${trackingNumber}`,
  });
  if (news?.type === EVENTS.cancellationRequested) throw cancelled(news);
  // The news of the dispatch may have got lost: a parcel that has arrived, or was lost on its way, has been dispatched.
  if (!news && !inbox.has(PARCEL_NEWS)) {
    throw new SagaFailure('failed', REASONS.dispatchOverdue, `${trackingNumber} was not dispatched in time`);
  }
  return shipmentId;
}

/** A parcel that has left, and the payment that is held for it. */
interface Sent {
  readonly paymentId: string;
  readonly shipmentId: string;
}

async function forward(order: Order, { paymentId, shipmentId }: Sent): Promise<OrderEnd> {
  const { steps, inbox, deadlines } = order;
  await takePayment(order, paymentId);
  const [, fate] = await Promise.all([steps.shipStock(), fateOfParcel(steps, inbox, deadlines, shipmentId)]);
  if (fate === 'delivered') {
    await steps.completeOrder();
    await steps.notifyCustomer('order-completed', { price: steps.price });
    return close(steps, inbox, 'completed', 'Paid and delivered.');
  }
  const because = { reason: REASONS.parcelLost, detail: 'The carrier has lost the parcel.' };
  showDetails(`The parcel got lost: giving ${steps.price} back.`);
  await steps.refundPayment(paymentId);
  await steps.closeRefundedOrder(because);
  await steps.notifyCustomer('order-refunded', because);
  return close(steps, inbox, 'refunded', 'The parcel got lost; the customer has the money back.');
}

/**
 * Takes the payment for goods that have left. A refusal cannot undo that: a person decides whether to try again, to let
 * the customer have the goods, or to take the money in another way.
 */
async function takePayment({ steps, decisions }: Order, paymentId: string): Promise<void> {
  show('awaiting-delivery', `The parcel is on its way; taking ${steps.price}.`);
  for (let attempt = 0; ; attempt++) {
    try {
      await steps.capturePayment(paymentId, attempt);
      return;
    } catch (error) {
      const { message } = failureOf(error);
      const words = `The parcel is on its way, and **the payment cannot be taken**: ${message}`;
      const decision = await decisions.ask('awaiting-decision', words);
      show('awaiting-delivery', `The parcel is on its way. Payment: ${decision.kind}.`);
      if (decision.kind !== 'retry') return;
    }
  }
}

/** Undoes what was done, and closes the order; also when somebody has cancelled the workflow. */
async function undo({ steps, saga, inbox, confirmed }: Order, failure: SagaFailure): Promise<OrderEnd> {
  const state = endOf(failure, confirmed);
  const because = { reason: failure.type, detail: failure.message };
  // Before anything is undone, which may take its time: nothing makes it an accepted order any more.
  inbox.answer({ accepted: false, ...because });
  await saga.compensate('compensating');
  return CancellationScope.nonCancellable(async () => {
    await steps.closeFailedOrder(state, because);
    await steps.notifyCustomer(`order-${state}`, because);
    return close(steps, inbox, state, `Because of \`${failure.type}\`: ${failure.message}`);
  });
}

function endOf({ type }: SagaFailure, confirmed: boolean): 'rejected' | 'compensated' | 'cancelled' {
  if (type === REASONS.cancelledByCustomer) return 'cancelled';
  return confirmed ? 'compensated' : 'rejected';
}

/** Nothing that was received is left without an answer. */
async function close(
  steps: OrderSteps,
  inbox: OrderInbox,
  state: OrderEnd,
  words: string,
): Promise<OrderEnd> {
  const closed = `the order is ${state}`;
  while (!inbox.isEmpty()) {
    if (inbox.takeNow(CANCELLATION)) await steps.refuseCancellation(closed);
    else await buryEvents(inbox.drain(), 'late', closed);
  }
  return end(state, words);
}

/** More may come while the first ones are on their way: hence the loop. */
async function buryAll(inbox: OrderInbox, reason: 'late' | 'unmatched', detail: string): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    while (!inbox.isEmpty()) await buryEvents(inbox.drain(), reason, detail);
  });
}

function end(state: OrderEnd, words: string): OrderEnd {
  show(state, words);
  return state;
}

function show(state: OrderState, words: string): void {
  showState(state, words);
}
