import { CancellationScope, log } from '@temporalio/workflow';
import { markdown } from '../contracts/names/markdown';
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
  /** Key of the step, the same as that of its effect. A step that runs again under its key is compensated once. */
  readonly key?: string;
  readonly run: (within: Within) => Promise<Result>;
  /** Name of the compensation for people, such as `releaseStock`. */
  readonly undoneBy: string;
  /**
   * Compensates the step, or makes sure that it never happens. It must be idempotent; it is retried as its activity's
   * options say.
   */
  readonly compensate: () => Promise<void>;
}

/** The steps of a saga, and the compensations to run if it does not reach its end. */
export interface SagaScope {
  /**
   * Runs a compensatable step, and registers its compensation before that. A step that was refused has had no effect,
   * so its compensation is withdrawn. After a defect, or if the step was given up, the effect may exist, so the
   * compensation stays.
   *
   * @throws SagaFailure if the step does not succeed
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
   * Runs the step that decides: once it has taken effect, the saga only goes forward. It cannot be cancelled. If it was
   * given up or has a defect, its effect is not known, and the saga is `step-stuck` until a person decides: to try it
   * again, that it was done by hand (`undefined` is returned), or to skip it, which is a failure.
   *
   * @throws SagaFailure if the step was refused or skipped: the saga can still be compensated
   */
  pivot<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
  /**
   * Runs a step behind the pivot, or behind the compensations. It cannot be cancelled, and it does not fail the saga:
   * if it cannot be done, the saga is `step-stuck` until a person decides. It returns `undefined` if the step was
   * skipped, or done by hand.
   */
  retriable<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
  /**
   * Passes the pivot without a step, for example because an event reports that it has happened. Nothing that was
   * registered is compensated any more.
   */
  passPivot(): void;
  /**
   * Runs the registered compensations, also in a cancelled workflow. If a compensation fails for good, the saga is
   * `compensation-stuck` until a person decides.
   *
   * @param compensating the state to show while the compensations run
   */
  compensate(compensating: string): Promise<void>;
}

/**
 * Opens a saga: steps with compensations, which run in the reverse order if the saga is given up.
 *
 * @param options `compensate`: `reverse` (the default) runs one compensation after the other; `parallel` runs all at
 * once, if none of them needs another
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
        // Steps from here on close the saga, and are not compensated.
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

/**
 * Logs the defect. The result of the saga does not distinguish a defect from a step that was given up; the worker's log
 * does.
 */
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
      const decision = await decisions.ask(COMPENSATION_STUCK, markdown`**${name}** fails: ${message}`, {
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
