import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { summaryOf } from '../contracts/names/markdown';
import type { TraceContext } from '../contracts/names/trace';
import { traceAfter } from '../contracts/names/trace';
import { failureOf } from './failure';
import { checkStepKeys } from './recurring/running';

/**
 * Options of a short step on our own database; the time-out is far longer than the step normally takes. The number of
 * attempts ends a local activity that fails quickly: its schedule-to-close time-out does not stop the core from
 * retrying (run with 1.24: attempts after 0, 1, 3, 7 and 15 s with a time-out of 3 s).
 */
const LOCAL_ACTIVITY = {
  scheduleToCloseTimeout: '3 seconds',
  retry: { maximumAttempts: 3, initialInterval: '100 milliseconds' },
} as const;

/** The event that a step follows from. The workflow sends it with each step, for the events that the step writes. */
interface Cause extends Partial<TraceContext> {
  readonly causationId: string;
  /** The event's time: the worker measures how old the event was when a step was done. */
  readonly causedAt?: string;
}

/** State of this workflow alone: the SDK gives each workflow its own instance of every module. */
let latest: Cause | undefined;

/**
 * Sets the event that steps follow from, from here on. If branches run side by side, the latest event counts for all of
 * them. All steps of a run are in one trace, that of its first event: a later event of another trace, such as a
 * webhook, is the cause of steps, but their place in the trace stays.
 */
export function follow(event: DomainEvent): void {
  const { id, time } = event;
  latest = {
    ...{ causationId: id, ...traceAfter(latest, event) },
    ...(time !== undefined && { causedAt: time }),
  };
}

/** Returns the cause as the arguments that follow an activity's input. There are none before the first event. */
function causeOfStep(): readonly Cause[] {
  return latest ? [latest] : [];
}

type Activities = Record<string, (input: unknown, ...cause: readonly Cause[]) => Promise<unknown>>;

/**
 * The same activities, each called with a summary for the UI. The event that the workflow has taken last is passed as a
 * second argument: `activity` in src/effects makes it the cause of the events that the step writes.
 */
export type Steps<A> = {
  readonly [Name in keyof A]: A[Name] extends (input: infer Input) => Promise<infer Output>
    ? (summary: string, input: Input) => Promise<Output>
    : never;
};

/**
 * Makes short, idempotent steps on the database of the workflow's own pool. A step runs as a local activity first,
 * which costs one event of history instead of three and no round trip. If that has no result in time, the step runs
 * once more as an ordinary activity with the same key. (A local activity that kept retrying while the database is not
 * available would make a workflow task every few seconds, for each open saga.)
 *
 * @param options options of the ordinary activity, with a task queue that the workflow's own pool serves
 *
 * @example
 * const book = stepsOnOwnDatabase<OncallActivities>({ taskQueue: 'devices', startToCloseTimeout: '10 seconds' });
 * await book.closeTicket('Close the ticket', { undoes: 'dev-1:openTicket:0' });
 */
export function stepsOnOwnDatabase<A extends object>(options: ActivityOptions): Steps<A> {
  const local = proxyLocalActivities<Activities>(LOCAL_ACTIVITY);
  const ordinary = proxyActivities<Activities>(options);
  return new Proxy({} as Steps<A>, {
    get: (_, name) => async (text: string, input: unknown) => {
      const summary = summaryOf(text);
      checkStepKeys(name as string, input);
      try {
        return await local[name as string]?.executeWithOptions({ summary }, [input, ...causeOfStep()]);
      } catch (error) {
        // A final failure would only be repeated.
        if (failureOf(error).kind !== 'unknown') throw error;
        return ordinary[name as string]?.executeWithOptions({ summary }, [input, ...causeOfStep()]);
      }
    },
  });
}

/**
 * Makes the steps of another capability: ordinary activities on that capability's task queue.
 *
 * @example
 * const oncall = stepsOf<OncallActivities>({ taskQueue: 'oncall', startToCloseTimeout: '10 seconds' });
 * await oncall.openTicket('Open a ticket', { key: 'dev-1:openTicket:0', deviceId: 'dev-1' });
 */
export function stepsOf<A extends object>(
  options: ActivityOptions & { readonly taskQueue: string },
): Steps<A> {
  const ordinary = proxyActivities<Activities>(options);
  return new Proxy({} as Steps<A>, {
    get: (_, name) => (text: string, input: unknown) => {
      const summary = summaryOf(text);
      checkStepKeys(name as string, input);
      return ordinary[name as string]?.executeWithOptions({ summary }, [input, ...causeOfStep()]);
    },
  });
}
