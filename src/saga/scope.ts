import { CancellationScope } from '@temporalio/workflow';
import { COMPENSATION_STUCK } from '../contracts/saga';
import type { Decisions } from './decision';
import type { SagaFailure } from './failure';
import { failureOf } from './failure';
import { showDetails, showState } from './state';

/** A step that can be undone. */
export interface CompensatableStep<Result> {
  readonly run: () => Promise<Result>;
  /** Name of the undo, as people read it: `releaseStock`. */
  readonly undoneBy: string;
  /** Undoes the step, or makes sure that it never happens. Idempotent; repeats itself as its activity's options say. */
  readonly undo: () => Promise<void>;
}

/** What has to be undone if the saga does not reach its end. */
export interface SagaScope {
  /**
   * Runs a step, its compensation registered before. A step that was refused has had no effect, so its compensation is
   * withdrawn; after any other failure the effect may be there, and the compensation stays.
   *
   * @throws SagaFailure
   */
  step<Result>(step: CompensatableStep<Result>): Promise<Result>;
  /**
   * Runs steps side by side, waits for all of them, and throws the first failure in the order given.
   *
   * @throws SagaFailure
   */
  parallel<Results extends readonly unknown[]>(
    ...steps: { readonly [Index in keyof Results]: CompensatableStep<Results[Index]> }
  ): Promise<Results>;
  /** From here on the saga only goes forward: nothing that was registered will be undone. */
  passPivot(): void;
  /**
   * Undoes what was registered, in reverse order, also in a cancelled workflow. An undo that fails for good leaves the
   * saga visible as `compensation-stuck` until a person decides.
   *
   * @param undoing the state to show while it works
   */
  compensate(undoing: string): Promise<void>;
}

interface Compensation {
  readonly name: string;
  readonly undo: () => Promise<void>;
}

export function openSaga(decisions: Decisions): SagaScope {
  const registered = new Set<Compensation>();

  async function step<Result>({ run, undoneBy, undo }: CompensatableStep<Result>): Promise<Result> {
    const compensation = { name: undoneBy, undo };
    registered.add(compensation);
    try {
      return await run();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'refused') registered.delete(compensation);
      throw failure;
    }
  }

  return {
    step,
    parallel: async (...steps) => {
      const outcomes = await Promise.allSettled(steps.map((each) => step(each)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason as SagaFailure;
      return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
    },
    passPivot: () => registered.clear(),
    compensate: (undoing) =>
      CancellationScope.nonCancellable(async () => {
        if (registered.size > 0) showState(undoing, 'Undoing what was done.');
        for (const compensation of [...registered].reverse()) {
          showDetails(`Undoing: ${compensation.name}`);
          await undoOrAsk(compensation, undoing, decisions);
          registered.delete(compensation);
        }
      }),
  };
}

async function undoOrAsk({ name, undo }: Compensation, undoing: string, decisions: Decisions): Promise<void> {
  for (;;) {
    try {
      await undo();
      return;
    } catch (error) {
      const { message } = failureOf(error);
      const decision = await decisions.ask(COMPENSATION_STUCK, `**${name}** fails: ${message}`, {
        what: name,
        message,
      });
      switch (decision.kind) {
        case 'retry':
          showState(undoing, `Trying again: ${name}`);
          continue;
        case 'skip':
        case 'done-by-hand':
          showState(undoing, `${name}: ${decision.kind}, ${decision.reason}`);
          return;
      }
    }
  }
}
