import { CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import type { BatchPolicy } from '../contracts/model/route';
import { markdown } from '../contracts/names/markdown';
import type { SagaResult } from '../contracts/names/saga';
import { BATCHER_STATES } from '../contracts/names/saga';
import type { Waiting } from './batcher-batch';
import { collect } from './batcher-batch';
import { openDecisions } from './decision';
import { failureOf } from './failure';
import type { EventShapes } from './accepted';
import { receiveEvents } from './receive-events';
import { showState } from './state';

/**
 * Options for the activity that takes a batch. It is retried until it succeeds, with pauses of at most 30 seconds, so
 * that work continues quickly after an outage. If it fails for good, a person decides.
 */
export const FLUSH_ATTEMPTS = {
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} as const;

/** A run may have 10,000 signals; the server itself suggests the next run at 4,096 events of history. */
const EVENTS_PER_RUN = 2_000;

/** The input of one flush. */
export interface Batch<Event> {
  /** The correlation key. */
  readonly key: string;
  /**
   * The id of the flush, `<workflow id>:<run id>:<number of the flush>`: all repeats of one flush have the same id, and
   * no other flush has it. It contains the run id because a batcher that was closed counts from 0 again, and because a
   * run that was reset makes other batches of the same events.
   */
  readonly flush: string;
  /** At least one event, in the order of the stream. Each event is here once, as far as the batcher remembers. */
  readonly events: readonly Event[];
}

/** The input of a batcher, from the bridge that opens it or from its previous run. */
export interface BatcherInput<Event> {
  readonly key: string;
  readonly batch: BatchPolicy;
  /** What the previous run hands over. */
  readonly carried?: {
    readonly seen: readonly string[];
    readonly waiting: readonly Waiting<Event>[];
    readonly flushes: number;
  };
}

/** The states of a batcher, as `SagaState` shows them. */
export type BatcherState = (typeof BATCHER_STATES)[keyof typeof BATCHER_STATES];

/**
 * Makes a workflow that collects events and flushes them in batches, as the `batch` of its route says: `export const
 * demand = batcher<ArticleViewed>((batch) => record(batch), { shapes })`.
 *
 * It continues as new before a run gets too long, and closes when no event comes for `withinMs`; the next event opens
 * it again. A batcher that is cancelled flushes what it has, and closes. It drops repeats of the latest 1,000 events.
 * Repeats of older events, and of events from before it closed, are in the batches again, so the flush has to apply
 * each event once (`applyEachOnce` in src/effects).
 *
 * @param flush calls one activity, with {@link FLUSH_ATTEMPTS}
 * @param options `shapes`: the shapes of the event types that its routes name; other events are ignored
 *
 * @example
 * export const readings = batcher<EventOf<typeof readingReported>>(({ events }) => write(events), {
 *   shapes: { [readingReported.type]: { deviceId: 'key' } },
 * });
 */
export function batcher<Event extends DomainEvent>(
  flush: (batch: Batch<Event>) => Promise<unknown>,
  {
    shapes,
    eventsPerRun = EVENTS_PER_RUN,
  }: { readonly shapes: EventShapes<Event>; readonly eventsPerRun?: number },
): (input: BatcherInput<Event>) => Promise<SagaResult<BatcherState>> {
  return async function runBatcher({ key, batch, carried }) {
    const waiting = collect(batch, carried?.waiting ?? []);
    let received = 0;
    const accepted = { key, shapes, otherTypes: 'ignored' } as const;
    const { seen } = receiveEvents<Event>(accepted, carried?.seen ?? [], (event) => {
      received += 1;
      waiting.add(event);
    });
    const decisions = openDecisions();
    const { workflowId, runId } = workflowInfo();
    let flushes = carried?.flushes ?? 0;
    let closing = false;
    CancellationScope.current().cancelRequested.catch(() => (closing = true));
    // A new batcher has the state that its start has set. A continued run inherits the state of the previous run.
    let shown: BatcherState | undefined = carried ? undefined : BATCHER_STATES.collecting;

    const isLong = () => received >= eventsPerRun || workflowInfo().continueAsNewSuggested;

    // A cancellation does not reach this scope: all collected events are flushed.
    return CancellationScope.nonCancellable(async () => {
      for (;;) {
        // Nothing is awaited between the last check of the waiting events and the end of the run. If a signal comes in
        // between, the server refuses the end, and the workflow task runs again with the signal.
        if (waiting.isEmpty() && !(await anotherComes())) return { state: BATCHER_STATES.idle, seen: seen() };
        if (isLong() && waiting.isCarriable()) await nextRun();
        if (await ripens()) await flushOrAsk(waiting.take());
      }
    });

    async function anotherComes(): Promise<boolean> {
      show(BATCHER_STATES.idle, 'Everything is flushed; closes when nothing comes.');
      const isAwake = () => !waiting.isEmpty() || closing || isLong();
      await condition(isAwake, batch.withinMs, { summary: 'Closes unless an event comes' });
      return !waiting.isEmpty() || (isLong() && !closing);
    }

    /** Waits until the batch is to be flushed. Returns `false` if the run must first continue as new. */
    async function ripens(): Promise<boolean> {
      show(BATCHER_STATES.collecting, `Collecting; a batch is ${inWords(batch)}.`);
      const isRipe = () => waiting.isFull() || closing || (isLong() && !waiting.isCarriable());
      while (!isRipe()) {
        if (isLong()) return false;
        const left = waiting.dueAt() - Date.now();
        if (left <= 0) return true;
        // A later event moves the due time, but starts no new timer: when this timer fires, the loop waits for the
        // rest.
        await condition(() => isRipe() || isLong(), left, { summary: 'Time of the batch' });
      }
      return true;
    }

    /** Flushes a batch, and asks a person if that fails. Only a person's decision can drop a batch. */
    async function flushOrAsk(events: Event[]): Promise<void> {
      const words = `flush ${flushes}, of ${events.length} events`;
      for (;;) {
        show(BATCHER_STATES.flushing, `Flushing: ${words}.`);
        try {
          await flush({ key, flush: `${workflowId}:${runId}:${flushes}`, events });
          break;
        } catch (error) {
          const { message } = failureOf(error);
          shown = BATCHER_STATES.flushStuck;
          const { kind } = await decisions.ask(
            shown,
            markdown`**This batch cannot be flushed** (${words}): ${message}`,
            { what: `flush ${flushes}`, message },
          );
          if (kind !== 'retry') break;
        }
      }
      flushes += 1;
    }

    function nextRun(): Promise<never> {
      const carry = { seen: seen(), waiting: waiting.all(), flushes };
      return continueAsNew<(input: BatcherInput<Event>) => Promise<unknown>>({
        key,
        batch,
        carried: carry,
      });
    }

    function show(state: BatcherState, words: string): void {
      if (state === shown) return;
      shown = state;
      showState(state, words);
    }
  };
}

function inWords({ size, withinMs, debounceMs }: BatchPolicy): string {
  const pause = debounceMs === undefined ? '' : `, or after ${debounceMs} ms without a new one`;
  return `flushed at ${size} events, ${withinMs} ms after its first one${pause}`;
}
