import { ApplicationFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { FAILURES } from 'sagaline/workflow';
import type { OrderInput } from '../../../domains/shop/rules/inputs';
import type { OrderStateMachine } from './state-machine';
import type { OrderEvent, OrderInbox } from './events';
import { SUBMITTED } from './events';
import { deadLetterChannel, recordsOf } from './steps';

type Submission = Extract<OrderEvent, { type: (typeof SUBMITTED)[0] }>;

/** An early event has opened the workflow, which keeps events until the order itself arrives. */
export async function submission(
  inbox: OrderInbox,
  machine: OrderStateMachine,
  key: string,
): Promise<Submission> {
  machine.transition(
    'opened-by-notification',
    'A notification has come before the order itself; waiting for the order.',
  );
  // Only the wait may be cancelled: a cancellation before it must not lose the notification.
  const { submissionWithinMs } = await CancellationScope.nonCancellable(() =>
    recordsOf(key).orderDeadlines({}).run(),
  );
  let why: OrderInput = 'submission-overdue';
  const submitted = await earlyWait(inbox, submissionWithinMs).catch((error: unknown) => {
    // A person who cancels the workflow in the UI does not wait for the deadline.
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

/**
 * Waits for the order itself, after an early event has opened its workflow. An early event becomes a dead letter at its
 * expiry, and the wait ends when no event is left.
 */
async function earlyWait(inbox: OrderInbox, withinMs: number): Promise<Submission | undefined> {
  const overdue = Date.now() + withinMs;
  let expired = false;
  while (Date.now() < overdue) {
    expired = (await deadLetterRefused(inbox, 'the order was not submitted')) || expired;
    if (expired && inbox.isEmpty()) return undefined;
    const expiry = inbox.nextExpiry() ?? overdue;
    const wake = Math.min(expiry, overdue);
    const summary = wake === overdue ? 'Deadline for the order itself' : 'Expiry of an early event';
    await condition(
      () => inbox.has(SUBMITTED) || (inbox.nextExpiry() ?? overdue) < wake,
      Math.max(1, wake - Date.now()),
      { summary },
    );
    const submitted = inbox.takeNow(SUBMITTED);
    if (submitted) return submitted;
  }
  return undefined;
}

/** Sends the events that must not be applied to the dead letters. @returns whether there were any */
export async function deadLetterRefused(inbox: OrderInbox, detail: string): Promise<boolean> {
  const refused = inbox.drainRefused();
  await CancellationScope.nonCancellable(async () => {
    for (const { reason, events } of refused) await deadLetterChannel.send(events, reason, detail);
  });
  return refused.length > 0;
}
