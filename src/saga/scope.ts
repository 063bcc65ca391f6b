import { CancellationScope, log } from '@temporalio/workflow';
import { COMPENSATION_STUCK } from '../contracts/names/saga';
import type { Compensation } from './compensations';
import { collectCompensations } from './compensations';
import type { Decisions } from './decision';
import type { SagaFailure } from './failure';
import { failureOf } from './failure';
import type { ForwardStep, Within } from './forward';
import { forwardSteps } from './forward';
import { showDetails, showState } from './state';

/** A step that can be compensated. */
export interface CompensatableStep<Result> {
  /** Of the step, as its effect has it: a step that is run again under its key is compensated once. */
  readonly key?: string;
  readonly run: (within: Within) => Promise<Result>;
  /** Name of the compensation, as people read it: `releaseStock`. */
  readonly undoneBy: string;
  /** Compensates the step, or makes sure that it never happens. Idempotent; repeats itself as its activity's options say. */
  readonly compensate: () => Promise<void>;
}

/** What has to be compensated if the saga does not reach its end. */
export interface SagaScope {
  /**
   * Runs a compensatable step, its compensation registered before. A step that was refused has had no effect, so its
   * compensation is withdrawn; after a defect, or where the step was given up, the effect may be there, and it stays.
   *
   * @throws SagaFailure
   */
  step<Result>(step: CompensatableStep<Result>): Promise<Result>;
  /**
   * Runs compensatable steps side by side, waits for all of them, and throws the first failure in the order given.
   *
   * @throws SagaFailure
   */
  parallel<Results extends readonly unknown[]>(
    ...steps: { readonly [Index in keyof Results]: CompensatableStep<Results[Index]> }
  ): Promise<Results>;
  /**
   * Runs the step that decides: once it has taken effect the saga only goes forward. It cannot be cancelled. Where it was given
   * up, or has a defect, nobody knows whether there is a way back: the saga is `step-stuck` until a person says that it is to
   * be tried again, that it was done by hand (`undefined` is returned), or that it is to be skipped, which is a failure.
   *
   * @throws SagaFailure where it was refused or skipped: there is still a way back
   */
  pivot<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
  /**
   * Runs a step behind the pivot, or behind the compensations: it cannot be cancelled, and what it cannot do is no failure of the saga. The saga stands as
   * `step-stuck` until a person decides; `undefined`: it was skipped, or done by hand.
   */
  retriable<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
  /** As a pivot that has succeeded by itself, say because an event has told so: nothing that was registered will be compensated. */
  passPivot(): void;
  /**
   * Compensates what was registered, also in a cancelled workflow. A compensation that fails for good leaves the saga visible as
   * `compensation-stuck` until a person decides.
   *
   * @param compensating the state to show while it works
   */
  compensate(compensating: string): Promise<void>;
}

/**
 * Opens a saga: steps with their compensations, which are done in the reverse order when the saga is given up.
 *
 * @param options `compensate`: `reverse`, one after the other; or all at once, where none of them needs another
 *
 * @example
 * const saga = openSaga(openDecisions());
 * try {
 *   await saga.step(openTicket);
 * } catch {
 *   await saga.compensate('giving-up');
 * }
 */
export function openSaga(
  decisions: Decisions,
  { compensate: order = 'reverse' }: { readonly compensate?: 'reverse' | 'parallel' } = {},
): SagaScope {
  const compensations = collectCompensations();
  const forward = forwardSteps(decisions);
  let isPastPivot = false;

  async function step<Result>({
    key,
    run,
    undoneBy,
    compensate,
  }: CompensatableStep<Result>): Promise<Result> {
    if (isPastPivot)
      throw new Error(`behind the pivot nothing is compensated, and ${undoneBy} never would be`);
    const compensation = { key, name: undoneBy, compensate };
    const withdraw = compensations.register(compensation);
    try {
      return await run('step');
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'refused') withdraw();
      if (failure.kind === 'defect') tellOfDefect(undoneBy, failure);
      throw failure;
    }
  }

  function passPivot(): void {
    isPastPivot = true;
    compensations.clear();
  }

  async function compensateOne(compensation: Compensation, compensating: string): Promise<void> {
    await compensateOrAsk(compensation, compensating, decisions);
    compensations.settle(compensation);
  }

  return {
    step,
    parallel: async (...steps) => {
      const outcomes = await Promise.allSettled(steps.map((each) => step(each)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason as SagaFailure;
      return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
    },
    pivot: async (decisive) => {
      const result = await forward.pivot(decisive);
      passPivot();
      return result;
    },
    retriable: (behind) => {
      if (!isPastPivot)
        throw new Error(`before the pivot ${behind.name} would stay when the saga is compensated`);
      return forward.retriable(behind);
    },
    passPivot,
    compensate: (compensating) =>
      CancellationScope.nonCancellable(async () => {
        // What comes now closes the saga, and is compensated by nothing.
        isPastPivot = true;
        if (compensations.isEmpty()) return;
        showState(compensating, 'Compensating what was done.');
        const all = compensations.toCompensate();
        if (order === 'parallel') {
          await Promise.all(all.map((each) => compensateOne(each, compensating)));
          return;
        }
        for (const each of all) {
          showDetails(`Compensating: ${each.name}`);
          await compensateOne(each, compensating);
        }
      }),
  };
}

/** Logs the defect. The saga's end does not tell it from a step that was given up; the worker's log does. */
function tellOfDefect(undoneBy: string, { type, message }: SagaFailure): void {
  log.error('a step has a defect', { undoneBy, type, reason: message });
}

async function compensateOrAsk(
  { name, compensate }: Compensation,
  compensating: string,
  decisions: Decisions,
): Promise<void> {
  for (;;) {
    try {
      await compensate();
      return;
    } catch (error) {
      const { message } = failureOf(error);
      const decision = await decisions.ask(COMPENSATION_STUCK, `**${name}** fails: ${message}`, {
        what: name,
        message,
      });
      switch (decision.kind) {
        case 'retry':
          showState(compensating, `Trying again: ${name}`);
          continue;
        case 'skip':
        case 'done-by-hand':
          showState(compensating, `${name}: ${decision.kind}, ${decision.reason}`);
          return;
      }
    }
  }
}
