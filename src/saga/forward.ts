import { CancellationScope } from '@temporalio/workflow';
import { markdown } from '../contracts/names/markdown';
import { STEP_STUCK } from '../contracts/names/saga';
import type { Decisions } from './decision';
import { failureOf, SagaFailure } from './failure';
import { showState, shownState } from './state';

/** Which of a saga's deadlines applies to a run of a step. */
export type Within = 'step' | 'compensate' | 'forward';

/** A step that is not compensated: the pivot, or one behind it. */
export interface ForwardStep<Result> {
  /** Name of the step for people, such as `capturePayment`. */
  readonly name: string;
  /** Runs the step, with a deadline of any length: a step that is retried without end never asks a person. */
  readonly run: (within: Within) => Promise<Result>;
}

/** Steps that cannot be cancelled, and that ask a person if they cannot be done. */
export interface ForwardSteps {
  /**
   * Runs the step that decides. If it was given up or has a defect, its effect is not known, and a person decides:
   * `retry` tries it again, `done-by-hand` returns `undefined`, and `skip` is a failure.
   *
   * @throws SagaFailure if the step was refused or skipped
   */
  pivot<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
  /**
   * Runs a step that does not fail: if it cannot be done, a person decides to try it again, to skip it or to do it by
   * hand. It returns `undefined` for the last two.
   */
  retriable<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
}

/**
 * Makes steps without a compensation: the pivot, and steps behind it, which are retried until they succeed or a person
 * decides.
 *
 * @example
 * await forwardSteps(openDecisions()).retriable({ name: 'tell', run: () => write('told') });
 */
export function forwardSteps(decisions: Decisions): ForwardSteps {
  const restoring = restoringState(decisions);
  const attempt = <Result>(step: ForwardStep<Result>, kind: keyof ForwardSteps) =>
    CancellationScope.nonCancellable(() => runOrAsk(step, restoring, kind));
  return { pivot: (step) => attempt(step, 'pivot'), retriable: (step) => attempt(step, 'retriable') };
}

/**
 * Shows the previous state of the saga again when a person has decided: it may go on for days, and does not wait for a
 * person any more.
 */
function restoringState(decisions: Decisions): Decisions {
  let before = '';
  return {
    ask: async (state, words, about) => {
      if (shownState() !== state) before = shownState();
      const decision = await decisions.ask(state, words, about);
      // If the domain has shown another state meanwhile, that state stays.
      if (shownState() === state) showState(before, `${about?.what ?? ''}: ${decision.kind}.`);
      return decision;
    },
  };
}

async function runOrAsk<Result>(
  { name, run }: ForwardStep<Result>,
  decisions: Decisions,
  kind: keyof ForwardSteps,
): Promise<Result | undefined> {
  for (;;) {
    try {
      return await run('forward');
    } catch (error) {
      const failure = failureOf(error);
      if (kind === 'pivot' && failure.kind === 'refused') throw failure;
      const { message } = failure;
      const decision = await decisions.ask(STEP_STUCK, markdown`**${name}** fails: ${message}`, {
        what: name,
        message,
      });
      switch (decision.kind) {
        case 'retry':
          continue;
        case 'skip':
          if (kind === 'retriable') return undefined;
          throw new SagaFailure('refused', failure.type, decision.reason, { cause: error });
        case 'done-by-hand':
          return undefined;
      }
    }
  }
}
