import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { OrderDeadlines } from '../../activities/shop/orders';
import type { SagaResult } from '../../src/contracts/saga';
import { FAILURES } from '../../src/contracts/saga';
import type { SubmittedOrder } from '../../src/domains/shop/events/orders';
import type { OrderEnd } from '../../src/domains/shop/names';
import { EVENTS, REASONS, REFUSALS } from '../../src/domains/shop/names';
import { causeOf, undoneInput } from '../../src/domains/shop/rules/endings';
import type { Hold } from '../../src/domains/shop/rules/holds';
import { captures } from '../../src/domains/shop/rules/holds';
import type { OrderInput } from '../../src/domains/shop/rules/transitions';
import { BY_RANK, TRANSITIONS } from '../../src/domains/shop/rules/transitions';
import type { Deadline, Decisions, SagaScope } from '../../src/saga';
import {
  asWorkflowFailure,
  failureOf,
  openDecisions,
  openDoor,
  openInbox,
  openSaga,
  SagaFailure,
  showDetails,
  versioned,
} from '../../src/saga';
import { amendOrder } from './order-amendment';
import type { Course } from './order-course';
import { openCourse, undoDecisions } from './order-course';
import { fateOfParcel } from './order-delivery';
import type { OrderEvent, OrderInbox } from './order-events';
import { PARCEL_NEWS, SUBMITTED } from './order-events';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import { holdPayment, holdWithOtherMeans } from './order-payment';
import { buryEvents, deadlinesBeforeSubmission, openOrder, stepsFor } from './order-steps';
import { cancelled, heedWishes, refuse } from './order-wishes';

/**
 * One order, from its submission to its end: stock is reserved and the payment held side by side, the carrier is
 * booked; when the parcel leaves, the payment is taken, and when it arrives the order is complete. What fails, or is
 * cancelled by the customer, before the parcel has left is undone in reverse order.
 */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const inbox: OrderInbox = openDoor(openInbox<OrderEvent>());
  const decisions = openDecisions();
  const course = openCourse();
  const submitted = inbox.takeNow(SUBMITTED) ?? (await submission(inbox, course, key));
  const state = await run(submitted.data, inbox, course, decisions);
  await inbox.allAnswered();
  return { state, seen: inbox.seen() };
}

// It is open for days, weeks at most: its version's workers can stay that long.
setWorkflowOptions(versioned('PINNED'), order);

/** An early event has opened the workflow: it keeps what comes until the order itself is here. */
async function submission(
  inbox: OrderInbox,
  course: Course,
  key: string,
): Promise<Extract<OrderEvent, { type: (typeof SUBMITTED)[0] }>> {
  course.go('opened-by-news', 'News has come before the order itself; waiting for the order.');
  // Only the wait may be cancelled: whoever cancels before it must not take the news along.
  const { submissionWithinMs } = await CancellationScope.nonCancellable(deadlinesBeforeSubmission);
  const deadline = { ms: submissionWithinMs, waiting: 'Deadline for the order itself' };
  let why: OrderInput = 'submission-overdue';
  const submitted = await inbox.take(SUBMITTED, deadline).catch((error: unknown) => {
    // Somebody who cancels the workflow in the UI does not wait for the deadline.
    if (!isCancellation(error)) throw error;
    why = 'cancelled-in-ui';
  });
  if (submitted) {
    course.go(submitted.type, 'Entering the order.');
    return submitted;
  }
  course.pass(why);
  const detail = `the order ${key} was never submitted`;
  await buryAll(inbox, 'unmatched', detail);
  throw ApplicationFailure.nonRetryable(detail, FAILURES.unmatched);
}

async function run(
  submission: SubmittedOrder,
  inbox: OrderInbox,
  course: Course,
  decisions: Decisions,
): Promise<OrderEnd> {
  showDetails('Entering the order.');
  let deadlines: OrderDeadlines;
  try {
    // Entered or not, nothing in between: whoever cancels meanwhile finds an order that can be closed.
    deadlines = await CancellationScope.nonCancellable(() => openOrder(submission));
  } catch (error) {
    const failure = failureOf(error);
    await buryAll(inbox, 'late', failure.message);
    inbox.answer({ accepted: false, reason: failure.type, detail: failure.message });
    await inbox.allAnswered();
    if (failure.type !== REFUSALS.orderExists) throw asWorkflowFailure(failure);
    return end(course, 'entered-elsewhere', 'Another saga has this order: nothing was done.');
  }

  const order: Order = {
    steps: stepsFor(submission, deadlines),
    decisions,
    inbox,
    course,
    deadlines,
    scopes: [openSaga(undoDecisions(course, decisions))],
    content: submission,
    revision: 0,
    paymentToken: submission.paymentToken,
    authorizations: 0,
    holds: [],
    confirmed: false,
  };
  try {
    await place(order);
    await book(order);
    await leave(order);
  } catch (error) {
    return undo(order, failureOf(error));
  }
  // The goods have left, there is no way back: a cancellation from the UI changes nothing any more.
  for (const scope of order.scopes) scope.passPivot();
  return CancellationScope.nonCancellable(() => forward(order));
}

/** Stock and payment, side by side; with both the order is confirmed, as it was amended meanwhile. */
async function place(order: Order): Promise<void> {
  const { steps, scopes, inbox } = order;
  showDetails(`Reserving stock and holding ${steps.price(dueOf(order))}.`);
  const scope = own(scopes);
  const [reserved, held] = await Promise.allSettled([
    scope.step(steps.reserveStock(order.content.lines)),
    scope.step(holdPayment(order)),
  ]);
  if (reserved.status === 'rejected') throw failureOf(reserved.reason);
  order.holds.push(
    held.status === 'fulfilled' ? held.value : await holdWithOtherMeans(order, scope, failureOf(held.reason)),
  );
  await heedWishes(order);
  await steps.confirmOrder(dueOf(order));
  order.confirmed = true;
  inbox.answer({ accepted: true });
}

async function book(order: Order): Promise<void> {
  const { steps, scopes, content } = order;
  const booking = { recipient: content.shippingAddress, parcels: content.lines, number: 0 };
  const shipment = await own(scopes).step(steps.createShipment(booking));
  order.booked = { booking, shipment };
  order.course.go('booked', waitingFor(shipment));
}

/** The scope of the order's own steps. */
function own([scope]: readonly SagaScope[]): SagaScope {
  if (!scope) throw new Error('an order has a scope of its own');
  return scope;
}

/** Until the carrier has fetched the parcel. */
async function leave(order: Order): Promise<void> {
  const { steps, inbox, course, deadlines } = order;
  let until = Date.now() + deadlines.dispatchWithinMs;
  for (;;) {
    const { shipment } = bookedOf(order);
    const event = await nextByRank(order, {
      ms: Math.max(until - Date.now(), 1),
      waiting: `Deadline for the dispatch of ${shipment.trackingNumber}`,
    });
    if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
    if (event?.type === EVENTS.amendmentRequested) {
      await amendOrder(order, event);
      const booked = bookedOf(order).shipment;
      // Another booking has its own time.
      if (booked !== shipment) until = Date.now() + deadlines.dispatchWithinMs;
      course.go(event.type, waitingFor(booked));
      continue;
    }
    // The news of the dispatch may have got lost: a parcel that has arrived, or was lost on its way, has been dispatched.
    if (!event && !inbox.has(PARCEL_NEWS)) {
      const detail = `${shipment.trackingNumber} was not dispatched in time`;
      throw new SagaFailure('failed', REASONS.dispatchOverdue, detail);
    }
    const leaves = event?.type ?? 'dispatch-presumed';
    course.go(leaves, `The parcel is on its way; taking ${steps.price(dueOf(order))}.`);
    return;
  }
}

function bookedOf({ booked }: Order): NonNullable<Order['booked']> {
  if (!booked) throw new Error('an order that waits for its parcel is booked');
  return booked;
}

function waitingFor({ trackingNumber }: { trackingNumber: string }): string {
  return `Waiting for the carrier to fetch parcel ${trackingNumber}.`;
}

/** The next event that counts here; of several that are here at once the first by rank. */
async function nextByRank({ inbox, course }: Order, deadline: Deadline): Promise<OrderEvent | undefined> {
  const types = course.looksFor();
  if (!(await inbox.waitFor(types, deadline))) return undefined;
  const ranked = BY_RANK.filter((type) => (types as string[]).includes(type)) as OrderEvent['type'][];
  const here = ranked.filter((type) => inbox.has([type]));
  // Before there was a rank, the oldest came first: so it does in what was recorded then.
  if (here.length > 1 && !patched('events-by-rank')) return inbox.takeNow(types);
  return inbox.takeNow(here.slice(0, 1));
}

async function forward(order: Order): Promise<OrderEnd> {
  const { steps, content } = order;
  const due = dueOf(order);
  const taken = captures(order.holds, due);
  for (const hold of taken) await takePayment(order, hold);
  const [, fate] = await Promise.all([
    steps.shipStock(content.lines),
    fateOfParcel(order, bookedOf(order).shipment.shipmentId),
  ]);
  if (fate === 'delivered') {
    await steps.completeOrder(due);
    await steps.notifyCustomer('order-completed', { price: steps.price(due) });
    return close(order, 'arrived', 'Paid and delivered.');
  }
  const because = { reason: REASONS.parcelLost, detail: 'The carrier has lost the parcel.' };
  showDetails(`The parcel got lost: giving ${steps.price(due)} back.`);
  for (const [number, hold] of taken.entries()) await steps.refundPayment(hold, number);
  await steps.closeRefundedOrder(due, because);
  await steps.notifyCustomer('order-refunded', because);
  return close(order, 'money-back', 'The parcel got lost; the customer has the money back.');
}

/**
 * Takes the payment for goods that have left. A refusal cannot undo that: a person decides whether to try again, to let
 * the customer have the goods, or to take the money in another way.
 */
async function takePayment({ steps, course, decisions }: Order, hold: Hold): Promise<void> {
  for (;;) {
    try {
      await steps.capturePayment(hold);
      return;
    } catch (error) {
      const { message } = failureOf(error);
      const words = `The parcel is on its way, and **the payment cannot be taken**: ${message}`;
      const decision = await decisions.ask(course.pass('capture-refused'), words);
      course.go('payment-decided', `The parcel is on its way. Payment: ${decision.kind}.`);
      if (decision.kind !== 'retry') return;
    }
  }
}

/** Undoes what was done, and closes the order; also when somebody has cancelled the workflow. */
async function undo(order: Order, failure: SagaFailure): Promise<OrderEnd> {
  const { steps, scopes, course } = order;
  const because = { reason: failure.type, detail: failure.message };
  // Before anything is undone, which may take its time: nothing makes it an accepted order any more.
  order.inbox.answer({ accepted: false, ...because });
  const undoing = course.pass(causeOf(failure));
  for (const scope of [...scopes].reverse()) await scope.compensate(undoing);
  const undone = undoneInput(failure, order.confirmed);
  const state = TRANSITIONS.compensating[undone];
  return CancellationScope.nonCancellable(async () => {
    await steps.closeFailedOrder(state, because);
    await steps.notifyCustomer(`order-${state}`, because);
    return close(order, undone, `Because of \`${failure.type}\`: ${failure.message}`);
  });
}

/** Nothing that was received is left without an answer. */
async function close({ steps, inbox, course }: Order, input: OrderInput, words: string): Promise<OrderEnd> {
  const closed = `the order is ${course.leadsTo(input)}`;
  while (!inbox.isEmpty()) {
    const wish = inbox.takeNow(course.refuses());
    if (wish) await refuse(steps, wish, closed);
    else await buryEvents(inbox.drain(), 'late', closed);
  }
  return end(course, input, words);
}

/** More may come while the first ones are on their way: hence the loop. */
async function buryAll(inbox: OrderInbox, reason: 'late' | 'unmatched', detail: string): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    while (!inbox.isEmpty()) await buryEvents(inbox.drain(), reason, detail);
  });
}

function end(course: Course, input: OrderInput, words: string): OrderEnd {
  course.go(input, words);
  return course.place as OrderEnd;
}
