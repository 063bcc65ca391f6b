import { CancellationScope, condition } from '@temporalio/workflow';
import type { OrderEvent, OrderInbox } from './order-events';
import { SUBMITTED } from './order-events';
import { deadLetterChannel } from './order-steps';

/**
 * Waits for the order itself, after an early event has opened its workflow. An early event waits no longer than it lives: it is a dead
 * letter at its expiry, and when none is left nobody waits any more.
 */
export async function earlyWait(
  inbox: OrderInbox,
  withinMs: number,
): Promise<Extract<OrderEvent, { type: (typeof SUBMITTED)[0] }> | undefined> {
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

/** Puts the events that must not be applied among the dead letters. @returns whether there were any */
export async function deadLetterRefused(inbox: OrderInbox, detail: string): Promise<boolean> {
  const refused = inbox.drainRefused();
  await CancellationScope.nonCancellable(async () => {
    for (const { reason, events } of refused) await deadLetterChannel.send(events, reason, detail);
  });
  return refused.length > 0;
}
