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
  openEndpoint,
  openInbox,
  openSaga,
  showDetails,
  versioned,
} from 'sagaline/workflow';
import type { SubmittedOrder } from '../../domains/shop/events/orders';
import type { OrderEnd } from '../../domains/shop/names';
import { REASONS, REFUSALS } from '../../domains/shop/names';
import { causeOf, compensatedInput } from '../../domains/shop/rules/endings';
import { captures, refunds } from '../../domains/shop/rules/authorizations';
import { priceOfParcel, stateByParcels } from '../../domains/shop/rules/parcels';
import type { OrderInput } from '../../domains/shop/rules/transitions';
import { TRANSITIONS } from '../../domains/shop/rules/transitions';
import { ORDER_SHAPES } from './event-shapes';
import type { OrderStateMachine } from './order-state-machine';
import { forwardDecisions, createOrderStateMachine, compensationDecisions } from './order-state-machine';
import { book, leave } from './order-dispatch';
import { outcomeOfOnlyParcel } from './order-delivery';
import { deadLetterRefused, earlyWait } from './order-early';
import type { OrderEvent, OrderInbox } from './order-events';
import { concerns, isMoot, isUnrelated, noThings } from './order-notifications';
import { SUBMITTED } from './order-events';
import type { Order } from './order-parts';
import { dueOf } from './order-parts';
import { outcomesOfParcels } from './order-parcels';
import type { Paid } from './order-money';
import { giveBack, takePayment } from './order-money';
import { payAgain } from './order-payment';
import { own, place } from './order-placing';
import {
  deadLetterChannel,
  deadlinesBeforeSubmission,
  openOrder,
  stepsFor,
  COMPENSATED,
} from './order-steps';
import { refuse } from './order-requests';

/**
 * One order, from its submission to its end: stock is reserved and the payment held side by side, the carrier is
 * booked; when the parcel leaves, the payment is taken, and when it arrives the order is complete. What fails, or is
 * cancelled by the customer, before the parcel has left is compensated in reverse order.
 */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const things = noThings();
  const inbox: OrderInbox = openEndpoint(
    openInbox<OrderEvent>({ key, shapes: ORDER_SHAPES }, { concerns: (event) => concerns(things, event) }),
  );
  const decisions = openDecisions();
  const machine = createOrderStateMachine();
  const submitted = inbox.takeNow(SUBMITTED) ?? (await submission(inbox, machine, key));
  const state = await run(submitted.data, { inbox, machine, decisions, things });
  return { state, seen: inbox.seen() };
}

// It is open for days, weeks at most: its version's workers can stay that long.
setWorkflowOptions(versioned('PINNED'), order);

/** An early event has opened the workflow: it keeps what comes until the order itself is here. */
async function submission(
  inbox: OrderInbox,
  machine: OrderStateMachine,
  key: string,
): Promise<Extract<OrderEvent, { type: (typeof SUBMITTED)[0] }>> {
  machine.transition(
    'opened-by-notification',
    'A notification has come before the order itself; waiting for the order.',
  );
  // Only the wait may be cancelled: whoever cancels before it must not take the notification along.
  const { submissionWithinMs } = await CancellationScope.nonCancellable(deadlinesBeforeSubmission);
  let why: OrderInput = 'submission-overdue';
  const submitted = await earlyWait(inbox, submissionWithinMs).catch((error: unknown) => {
    // Somebody who cancels the workflow in the UI does not wait for the deadline.
    if (!isCancellation(error)) throw error;
    why = 'cancelled-in-ui';
  });
  if (submitted) {
    machine.transition(submitted.type, 'Entering the order.');
    return submitted;
  }
  machine.transitionSilently(why);
  const detail = `the order ${key} was never submitted`;
  await deadLetterChannel.sendLeftOvers(inbox, detail, { reason: 'unmatched' });
  throw ApplicationFailure.nonRetryable(detail, FAILURES.unmatched);
}

async function run(
  submission: SubmittedOrder,
  { inbox, machine, decisions, things }: Pick<Order, 'inbox' | 'machine' | 'decisions' | 'things'>,
): Promise<OrderEnd> {
  showDetails('Entering the order.');
  const ahead = forwardSteps(forwardDecisions(machine, decisions));
  let deadlines: OrderDeadlines;
  try {
    // Entered or not, nothing in between: whoever cancels meanwhile finds an order that can be closed.
    deadlines = await openOrder(submission, ahead);
  } catch (error) {
    const failure = failureOf(error);
    await deadLetterChannel.sendLeftOvers(inbox, failure.message);
    inbox.answer({ accepted: false, reason: failure.type, detail: failure.message });
    if (failure.type !== REFUSALS.orderExists) throw asWorkflowFailure(failure);
    return end(machine, 'entered-elsewhere', 'Another saga has this order: nothing was done.');
  }

  things.currency = submission.currency;
  const order: Order = {
    steps: stepsFor(submission, deadlines, ahead),
    decisions,
    inbox,
    machine,
    things,
    deadlines,
    scopes: [openSaga(compensationDecisions(machine, decisions))],
    content: submission,
    revision: 0,
    paymentToken: submission.paymentToken,
    authorizationCount: 0,
    authorizations: [],
    lost: [],
    renewals: 0,
    unpaid: 0,
    reservations: 0,
    bookings: 0,
    allocation: [],
    parcels: [],
    notifications: [],
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
    return compensate(order, failureOf(error));
  }
  // The goods have left, there is no way back: a cancellation from the UI changes nothing any more.
  for (const scope of order.scopes) scope.passPivot();
  return CancellationScope.nonCancellable(() =>
    forward(order).catch((error: unknown) => endAsCompensated(order, error)),
  );
}

/** The whole payment is taken when the first parcel leaves; what is lost, or never leaves, is given back. */
async function forward(order: Order): Promise<OrderEnd> {
  const { steps, content } = order;
  const due = dueOf(order);
  const paid: Paid[] = [];
  for (const authorization of captures(order.authorizations, due))
    paid.push(...(await takePayment(order, authorization)));
  const isPlain = order.parcels.length === 1 && order.deadlines.lostParcel !== 'reship';
  const outcomes = await (isPlain ? outcomeOfOnlyParcel(order) : outcomesOfParcels(order));
  const back = order.parcels
    .filter((_, at) => outcomes[at] !== 'delivered')
    .reduce((sum, { booking }) => sum + priceOfParcel(booking.parcels, content.lines), 0);
  if (back > 0) {
    showDetails(`Not all has arrived: giving ${steps.price(back)} back.`);
    for (const part of refunds(paid, back)) await giveBack(order, part);
  }
  if (stateByParcels(outcomes) === 'completed') {
    await steps.completeOrder(due - back);
    await steps.notifyCustomer('order-completed', { price: steps.price(due - back) });
    return close(order, 'arrived', 'Paid and delivered.');
  }
  const because = { reason: REASONS.parcelLost, detail: 'The carrier has lost the parcel.' };
  await steps.closeRefundedOrder(due, because);
  await steps.notifyCustomer('order-refunded', because);
  return close(order, 'money-back', 'The parcel got lost; the customer has the money back.');
}

async function endAsCompensated(order: Order, error: unknown): Promise<OrderEnd> {
  if (failureOf(error).type !== FAILURES.stepCompensated) throw error;
  return closeAsCompensated(order);
}

/** A repair has compensated the order while its workflow was gone, and has told everybody: a workflow that was reset just ends. */
function closeAsCompensated(order: Order): Promise<OrderEnd> {
  return close(order, 'compensated-meanwhile', 'A repair has compensated this order: nothing is left to do.');
}

/** Compensates what was done, and closes the order; also when somebody has cancelled the workflow. */
async function compensate(order: Order, failure: SagaFailure): Promise<OrderEnd> {
  const { steps, scopes, machine } = order;
  const detail = failure.type === FAILURES.stepCompensated ? COMPENSATED_BEFORE : failure.message;
  const because = { reason: failure.type, detail };
  // Before anything is compensated, which may take its time: nothing makes it an accepted order any more.
  order.inbox.answer({ accepted: false, ...because });
  const compensating = machine.transitionSilently(causeOf(failure));
  for (const scope of [...scopes].reverse()) await scope.compensate(compensating);
  const compensated = compensatedInput(failure, order.confirmed);
  const state = TRANSITIONS.compensating[compensated];
  return CancellationScope.nonCancellable(async () => {
    await steps.closeFailedOrder(state, because);
    const told = await steps.notifyCustomer(`order-${state}`, because);
    if (told === COMPENSATED) return closeAsCompensated(order);
    return close(order, compensated, `Because of \`${failure.type}\`: ${failure.message}`);
  });
}

/** Without the step's key, which is nothing for a customer. */
const COMPENSATED_BEFORE = 'a step of the order was compensated before';

/** Nothing that was received is left without an answer. */
async function close(
  { steps, inbox, machine, strays, things }: Order,
  input: OrderInput,
  words: string,
): Promise<OrderEnd> {
  const closed = `the order is ${machine.targetOf(input)}`;
  if (strays.length > 0) await deadLetterChannel.send(strays.splice(0), 'late', closed);
  while (!inbox.isEmpty()) {
    await deadLetterRefused(inbox, closed);
    const request = inbox.takeNow(machine.refusedEvents());
    if (request) {
      await refuse(steps, request, closed);
      continue;
    }
    const left = inbox.drain().filter((event) => !isMoot(things, event));
    const unrelated = left.filter((event) => isUnrelated(things, event));
    const late = left.filter((event) => !unrelated.includes(event));
    if (unrelated.length > 0) await deadLetterChannel.send(unrelated, 'unrelated', NOT_OURS);
    if (late.length > 0) await deadLetterChannel.send(late, 'late', closed);
  }
  return end(machine, input, words);
}

const NOT_OURS = 'the order never had such a payment or parcel';

function end(machine: OrderStateMachine, input: OrderInput, words: string): OrderEnd {
  machine.transition(input, words);
  return machine.state as OrderEnd;
}
