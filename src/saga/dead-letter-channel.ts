import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { DEAD_LETTERED_AT_ONCE } from '../contracts/names/saga';
import { STEP_ATTEMPTS } from './attempts';
import type { Inbox } from './inbox';
import { stepsOnOwnDatabase } from './steps';

/** Why a workflow will never apply an event that it has received. */
export type DeadLetterReason = 'unmatched' | 'late' | 'expired' | 'conflict' | 'unrelated' | 'unconfirmed';

/** The step in `createDeadLetterActivities`, which the workflow's own pool runs. */
interface DeadLetterChannelActivities {
  deadLetterEvents(input: {
    readonly events: DomainEvent[];
    readonly reason: DeadLetterReason;
    readonly workflowId: string;
    readonly detail: string;
  }): Promise<void>;
}

/** Puts events among the dead letters that this workflow has received and will never apply. */
export interface DeadLetterChannel {
  /** @param detail for a person */
  send(events: readonly DomainEvent[], reason: DeadLetterReason, detail: string): Promise<void>;
  /**
   * What is left in the inbox when the workflow is about to end, with what must not be applied at all. Events that come meanwhile
   * are taken along: when this resolves the inbox is empty. It cannot be cancelled.
   *
   * @param options.reason default: `late`
   * @param options.moot which events need no answer any more, and are dropped
   */
  sendLeftOvers<Event extends DomainEvent>(
    inbox: Inbox<Event>,
    detail: string,
    options?: { readonly reason?: 'late' | 'unmatched'; readonly moot?: (event: Event) => boolean },
  ): Promise<void>;
}

/**
 * Makes dead letters of events that a workflow has received and will not apply.
 *
 * @param options `taskQueue`: of the workflow's own pool, whose activities have `createDeadLetterActivities(database)` among them
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
