import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { DEAD_LETTERED_AT_ONCE } from '../contracts/names/saga';
import { STEP_ATTEMPTS } from './attempts';
import type { Inbox } from './inbox';
import { stepsOnOwnDatabase } from './steps';

/** Why a workflow will never apply an event that it has received. */
export type DeadLetterReason = 'unmatched' | 'late' | 'expired' | 'conflict' | 'unrelated' | 'unconfirmed';

/** The activity of `createDeadLetterActivities`, which the workflow's own pool runs. */
interface DeadLetterChannelActivities {
  deadLetterEvents(input: {
    readonly events: DomainEvent[];
    readonly reason: DeadLetterReason;
    readonly workflowId: string;
    readonly detail: string;
  }): Promise<void>;
}

/** Dead-letters events that this workflow has received and will never apply. */
export interface DeadLetterChannel {
  /**
   * Dead-letters the given events.
   *
   * @param detail an explanation for people
   */
  send(events: readonly DomainEvent[], reason: DeadLetterReason, detail: string): Promise<void>;
  /**
   * Dead-letters what is left in the inbox when the workflow is about to end, and the events that must not be applied
   * at all. It includes events that come meanwhile: when it resolves, the inbox is empty. It cannot be cancelled.
   *
   * @param options.reason reason for the events that are left; default: `late`
   * @param options.moot whether an event needs no answer any more; it is then dropped
   */
  sendLeftOvers<Event extends DomainEvent>(
    inbox: Inbox<Event>,
    detail: string,
    options?: { readonly reason?: 'late' | 'unmatched'; readonly moot?: (event: Event) => boolean },
  ): Promise<void>;
}

/**
 * Opens the channel through which a workflow dead-letters events that it has received and will not apply.
 *
 * @param options `taskQueue`: task queue of the workflow's own pool, whose activities include
 * `createDeadLetterActivities(database)`
 * @example
 * const deadLetterChannel = openDeadLetterChannel({ taskQueue: 'devices' });
 * await deadLetterChannel.sendLeftOvers(inbox, 'the alert is resolved');
 */
export function openDeadLetterChannel({ taskQueue }: { readonly taskQueue: string }): DeadLetterChannel {
  const steps = stepsOnOwnDatabase<DeadLetterChannelActivities>({ ...STEP_ATTEMPTS, taskQueue });

  async function send(
    events: readonly DomainEvent[],
    reason: DeadLetterReason,
    detail: string,
  ): Promise<void> {
    const { workflowId } = workflowInfo();
    for (let from = 0; from < events.length; from += DEAD_LETTERED_AT_ONCE) {
      const some = events.slice(from, from + DEAD_LETTERED_AT_ONCE);
      const summary = `Put ${some.length} ${reason} ${some.length === 1 ? 'event' : 'events'} among the dead letters`;
      await steps.deadLetterEvents(summary, { events: some, reason, workflowId, detail });
    }
  }

  return {
    send,
    sendLeftOvers: (inbox, detail, { reason: left = 'late', moot = () => false } = {}) =>
      CancellationScope.nonCancellable(async () => {
        for (;;) {
          for (const { reason, events } of inbox.drainRefused()) await send(events, reason, detail);
          if (inbox.isEmpty()) return;
          await send(
            inbox.drain().filter((event) => !moot(event)),
            left,
            detail,
          );
        }
      }),
  };
}
