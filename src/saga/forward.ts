import { CancellationScope } from '@temporalio/workflow';
import { STEP_STUCK } from '../contracts/names/saga';
import type { Decisions } from './decision';
import { failureOf, SagaFailure } from './failure';
import { showState, shownState } from './state';

/** Which of a saga's deadlines holds for a run of a step. */
export type Within = 'step' | 'compensate' | 'forward';

/** A step that is not compensated: the pivot, or one behind it. */
export interface ForwardStep<Result> {
  /** As people read it: `capturePayment`. */
  readonly name: string;
  /** With a deadline, however long: what is repeated without an end asks nobody. */
  readonly run: (within: Within) => Promise<Result>;
}

/** Steps that cannot be cancelled, and that ask a person where they cannot be done. */
export interface ForwardSteps {
  /**
   * Where it was given up or has a defect, nobody knows its effect: `retry`; `done-by-hand`, and `undefined` is returned;
   * `skip`, which is a failure.
   *
   * @throws SagaFailure where it was refused or skipped
   */
  pivot<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
  /** Does not fail: what cannot be done is tried again, skipped or done by hand. `undefined` for the last two. */
  retriable<Result>(step: ForwardStep<Result>): Promise<Result | undefined>;
}

/**
 * Makes steps without a compensation: the pivot, and what is done behind it until it succeeds or a person decides.
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

/** When a person has decided, the saga is again where it was: it may go on for days, and waits for nobody. */
function restoringState(decisions: Decisions): Decisions {
  let before = '';
  return {
    ask: async (state, words, about) => {
      if (shownState() !== state) before = shownState();
      const decision = await decisions.ask(state, words, about);
      // A domain that moves on by itself has shown another one.
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
      const decision = await decisions.ask(STEP_STUCK, `**${name}** fails: ${message}`, {
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
