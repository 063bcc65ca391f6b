import { CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import type { BatchPolicy } from '../contracts/model/route';
import type { SagaResult } from '../contracts/names/saga';
import { BATCHER_STATES } from '../contracts/names/saga';
import type { Waiting } from './batcher-batch';
import { collect } from './batcher-batch';
import { openDecisions } from './decision';
import { failureOf } from './failure';
import type { EventShapes } from './accepted';
import { receiveEvents } from './inbox';
import { showState } from './state';

/**
 * For the activity that takes a batch: it is repeated until it succeeds, with pauses of half a minute at most, so that
 * work goes on quickly after an outage. One that fails for good asks a person.
 */
export const FLUSH_ATTEMPTS = {
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} as const;

/** A run may have 10,000 signals; the server itself suggests the next run at 4,096 events of history. */
const EVENTS_PER_RUN = 2_000;

/** What one flush is given. */
export interface Batch<Event> {
  /** The correlation key. */
  readonly key: string;
  /**
   * `<workflow id>:<run id>:<number of the flush>`: of this flush and its repeats only. The run is in it because a closed
   * batcher begins to count anew, and because a run that was reset makes other batches of the same events.
   */
  readonly flush: string;
  /** At least one, in the order of the stream. Each once, as far as the batcher remembers. */
  readonly events: readonly Event[];
}

/** What a bridge opens a batcher with, and a run its successor. */
export interface BatcherInput<Event> {
  readonly key: string;
  readonly batch: BatchPolicy;
  /** From the run before this one. */
  readonly carried?: {
    readonly seen: readonly string[];
    readonly waiting: readonly Waiting<Event>[];
    readonly flushes: number;
  };
}

/** The states of a batcher, as `SagaState` shows them. */
export type BatcherState = (typeof BATCHER_STATES)[keyof typeof BATCHER_STATES];

/**
 * A workflow that collects events and hands them on in batches, as its route's `batch` says:
 * `export const demand = batcher<ArticleViewed>((batch) => record(batch), { shapes })`.
 *
 * It continues as new before a run is too long, and closes when nothing has come for `withinMs`; the next event opens it
 * again. A cancelled one flushes what it has, and closes. It drops repeats of the latest 1,000 events; older ones,
 * and those from before it closed, are in the batches again: the flush has to apply each event once
 * (`applyEachOnce` in src/effects).
 *
 * @param flush one activity, with {@link FLUSH_ATTEMPTS}
 * @param options `shapes`: of the event types that its routes name; what else comes is ignored
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
    // Its start has set the state of a new one; a continued one has inherited that of the run before.
    let shown: BatcherState | undefined = carried ? undefined : BATCHER_STATES.collecting;

    const isLong = () => received >= eventsPerRun || workflowInfo().continueAsNewSuggested;

    // Whatever has been collected is flushed, whoever cancels.
    return CancellationScope.nonCancellable(async () => {
      for (;;) {
        // Nothing is awaited between the last look at what waits and the end of the run. Should a signal come meanwhile,
        // the server refuses the end, and the task is done again, with the signal.
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

    /** Waits until the batch is to be flushed; `false` where the run is to be continued first. */
    async function ripens(): Promise<boolean> {
      show(BATCHER_STATES.collecting, `Collecting; a batch is ${inWords(batch)}.`);
      const isRipe = () => waiting.isFull() || closing || (isLong() && !waiting.isCarriable());
      while (!isRipe()) {
        if (isLong()) return false;
        const left = waiting.dueAt() - Date.now();
        if (left <= 0) return true;
        // A later event puts a pause off, but makes no new timer: when this one fires, the rest is waited for.
        await condition(() => isRipe() || isLong(), left, { summary: 'Time of the batch' });
      }
      return true;
    }

    /** A batch is never dropped but by a person's decision. */
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
            `**This batch cannot be flushed** (${words}): ${message}`,
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
