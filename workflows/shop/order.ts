import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { OrderDeadlines } from '../../activities/shop/orders';
import type { SagaFailure, SagaResult } from 'sagaline/workflow';
import {
  asWorkflowFailure,
  failureOf,
  FAILURES,
  forwardSteps,
  openDecisions,
  openDoor,
  openInbox,
  openSaga,
  showDetails,
  versioned,
} from 'sagaline/workflow';
import type { SubmittedOrder } from '../../domains/shop/events/orders';
import type { OrderEnd } from '../../domains/shop/names';
import { REASONS, REFUSALS } from '../../domains/shop/names';
import { causeOf, undoneInput } from '../../domains/shop/rules/endings';
import { captures, refunds } from '../../domains/shop/rules/holds';
import { priceOfParcel, stateByParcels } from '../../domains/shop/rules/parcels';
import type { OrderInput } from '../../domains/shop/rules/transitions';
import { TRANSITIONS } from '../../domains/shop/rules/transitions';
import { ORDER_SHAPES } from './event-shapes';
import type { Course } from './order-course';
import { forwardDecisions, openCourse, undoDecisions } from './order-course';
import { book, leave } from './order-dispatch';
import { fateOfOnlyParcel } from './order-delivery';
import { buryRefused, earlyWait } from './order-early';
import type { OrderEvent, OrderInbox } from './order-events';
import { concerns, isMoot, isUnrelated, noThings } from './order-news';
import { SUBMITTED } from './order-events';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import { fatesOfParcels } from './order-parcels';
import type { Paid } from './order-money';
import { giveBack, takePayment } from './order-money';
import { payAgain } from './order-payment';
import { own, place } from './order-placing';
import { burials, deadlinesBeforeSubmission, openOrder, stepsFor, UNDONE } from './order-steps';
import { refuse } from './order-wishes';

/**
 * One order, from its submission to its end: stock is reserved and the payment held side by side, the carrier is
 * booked; when the parcel leaves, the payment is taken, and when it arrives the order is complete. What fails, or is
 * cancelled by the customer, before the parcel has left is undone in reverse order.
 */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const things = noThings();
  const inbox: OrderInbox = openDoor(
    openInbox<OrderEvent>({ key, shapes: ORDER_SHAPES }, { concerns: (event) => concerns(things, event) }),
  );
  const decisions = openDecisions();
  const course = openCourse();
  const submitted = inbox.takeNow(SUBMITTED) ?? (await submission(inbox, course, key));
  const state = await run(submitted.data, { inbox, course, decisions, things });
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
  let why: OrderInput = 'submission-overdue';
  const submitted = await earlyWait(inbox, submissionWithinMs).catch((error: unknown) => {
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
  await burials.buryLeftOvers(inbox, detail, { reason: 'unmatched' });
  throw ApplicationFailure.nonRetryable(detail, FAILURES.unmatched);
}

async function run(
  submission: SubmittedOrder,
  { inbox, course, decisions, things }: Pick<Order, 'inbox' | 'course' | 'decisions' | 'things'>,
): Promise<OrderEnd> {
  showDetails('Entering the order.');
  const ahead = forwardSteps(forwardDecisions(course, decisions));
  let deadlines: OrderDeadlines;
  try {
    // Entered or not, nothing in between: whoever cancels meanwhile finds an order that can be closed.
    deadlines = await openOrder(submission, ahead);
  } catch (error) {
    const failure = failureOf(error);
    await burials.buryLeftOvers(inbox, failure.message);
    inbox.answer({ accepted: false, reason: failure.type, detail: failure.message });
    if (failure.type !== REFUSALS.orderExists) throw asWorkflowFailure(failure);
    return end(course, 'entered-elsewhere', 'Another saga has this order: nothing was done.');
  }

  things.currency = submission.currency;
  const order: Order = {
    steps: stepsFor(submission, deadlines, ahead),
    decisions,
    inbox,
    course,
    things,
    deadlines,
    scopes: [openSaga(undoDecisions(course, decisions))],
    content: submission,
    revision: 0,
    paymentToken: submission.paymentToken,
    authorizations: 0,
    holds: [],
    lost: [],
    renewals: 0,
    unpaid: 0,
    reservations: 0,
    bookings: 0,
    allocation: [],
    parcels: [],
    news: [],
    strays: [],
    confirmed: false,
  };
  try {
    await place(order);
    await book(order);
    while ((await leave(order)) === 'unpaid') {
      await payAgain(order, own(order.scopes));
      await book(order);
    }
  } catch (error) {
    return undo(order, failureOf(error));
  }
  // The goods have left, there is no way back: a cancellation from the UI changes nothing any more.
  for (const scope of order.scopes) scope.passPivot();
  return CancellationScope.nonCancellable(() =>
    forward(order).catch((error: unknown) => endAsUndone(order, error)),
  );
}

/** The whole payment is taken when the first parcel leaves; what is lost, or never leaves, is given back. */
async function forward(order: Order): Promise<OrderEnd> {
  const { steps, content } = order;
  const due = dueOf(order);
  const paid: Paid[] = [];
  for (const hold of captures(order.holds, due)) paid.push(...(await takePayment(order, hold)));
  const isPlain = order.parcels.length === 1 && order.deadlines.lostParcel !== 'reship';
  const fates = await (isPlain ? fateOfOnlyParcel(order) : fatesOfParcels(order));
  const back = order.parcels
    .filter((_, at) => fates[at] !== 'delivered')
    .reduce((sum, { booking }) => sum + priceOfParcel(booking.parcels, content.lines), 0);
  if (back > 0) {
    showDetails(`Not all has arrived: giving ${steps.price(back)} back.`);
    for (const part of refunds(paid, back)) await giveBack(order, part);
  }
  if (stateByParcels(fates) === 'completed') {
    await steps.completeOrder(due - back);
    await steps.notifyCustomer('order-completed', { price: steps.price(due - back) });
    return close(order, 'arrived', 'Paid and delivered.');
  }
  const because = { reason: REASONS.parcelLost, detail: 'The carrier has lost the parcel.' };
  await steps.closeRefundedOrder(due, because);
  await steps.notifyCustomer('order-refunded', because);
  return close(order, 'money-back', 'The parcel got lost; the customer has the money back.');
}

async function endAsUndone(order: Order, error: unknown): Promise<OrderEnd> {
  if (failureOf(error).type !== FAILURES.stepUndone) throw error;
  return closeAsUndone(order);
}

/** A repair has undone the order while its workflow was gone, and has told everybody: a workflow that was reset just ends. */
function closeAsUndone(order: Order): Promise<OrderEnd> {
  return close(order, 'undone-meanwhile', 'A repair has undone this order: nothing is left to do.');
}

/** Undoes what was done, and closes the order; also when somebody has cancelled the workflow. */
async function undo(order: Order, failure: SagaFailure): Promise<OrderEnd> {
  const { steps, scopes, course } = order;
  const detail = failure.type === FAILURES.stepUndone ? UNDONE_BEFORE : failure.message;
  const because = { reason: failure.type, detail };
  // Before anything is undone, which may take its time: nothing makes it an accepted order any more.
  order.inbox.answer({ accepted: false, ...because });
  const undoing = course.pass(causeOf(failure));
  for (const scope of [...scopes].reverse()) await scope.compensate(undoing);
  const undone = undoneInput(failure, order.confirmed);
  const state = TRANSITIONS.compensating[undone];
  return CancellationScope.nonCancellable(async () => {
    await steps.closeFailedOrder(state, because);
    const told = await steps.notifyCustomer(`order-${state}`, because);
    if (told === UNDONE) return closeAsUndone(order);
    return close(order, undone, `Because of \`${failure.type}\`: ${failure.message}`);
  });
}

/** Without the step's key, which is nothing for a customer. */
const UNDONE_BEFORE = 'a step of the order was undone before';

/** Nothing that was received is left without an answer. */
async function close(
  { steps, inbox, course, strays, things }: Order,
  input: OrderInput,
  words: string,
): Promise<OrderEnd> {
  const closed = `the order is ${course.leadsTo(input)}`;
  if (strays.length > 0) await burials.bury(strays.splice(0), 'late', closed);
  while (!inbox.isEmpty()) {
    await buryRefused(inbox, closed);
    const wish = inbox.takeNow(course.refuses());
    if (wish) {
      await refuse(steps, wish, closed);
      continue;
    }
    const left = inbox.drain().filter((event) => !isMoot(things, event));
    const unrelated = left.filter((event) => isUnrelated(things, event));
    const late = left.filter((event) => !unrelated.includes(event));
    if (unrelated.length > 0) await burials.bury(unrelated, 'unrelated', NOT_OURS);
    if (late.length > 0) await burials.bury(late, 'late', closed);
  }
  return end(course, input, words);
}

const NOT_OURS = 'the order never had such a payment or parcel';

function end(course: Course, input: OrderInput, words: string): OrderEnd {
  course.go(input, words);
  return course.place as OrderEnd;
}
