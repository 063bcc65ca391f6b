import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Capability, StepDeclaration } from '../contracts/model/capability';
import { MISSING_ACTIVITY, placedIn, placedMemo } from '../contracts/names/placement';
import { STEP_ATTEMPTS } from './attempts';
import { stepsOf, stepsOnOwnDatabase } from './steps';

/** Runs one step of a capability, with a summary and its input. */
type RunStep = (step: string, summary: string, input: object) => Promise<unknown>;

type AnyActivities = Record<string, (input: object) => Promise<unknown>>;

/** A worker that lacks the activity is not asked again: the step goes to the capability's own pool. */
const PLACED_ATTEMPTS = {
  ...STEP_ATTEMPTS,
  retry: { ...STEP_ATTEMPTS.retry, nonRetryableErrorTypes: [MISSING_ACTIVITY] },
} as const satisfies ActivityOptions;

/** What is placed with the pool of this saga: read from its first history event, so that it never changes. */
function placedCapabilities(): readonly string[] {
  return placedIn(workflowInfo().memo);
}

/** For the run that goes on with this saga, or follows it: what is placed stays placed. */
export function memoOfPlacement(): Readonly<Record<string, unknown>> {
  return placedMemo(placedCapabilities());
}

/**
 * How the steps of a capability run, by where it is: on its own task queue, or with the pool of the workflow, where its steps
 * on the database are local activities.
 *
 * @param ownTaskQueue of the workflow's own pool
 * @returns what runs a step as it is declared, within its deadline; without one it is repeated until it is done or refused
 */
export function stepRunner(
  { name, taskQueue }: Pick<Capability, 'name' | 'taskQueue'>,
  ownTaskQueue: string,
): (declared: StepDeclaration, withinMs: number | undefined) => RunStep {
  const isPlaced = taskQueue !== ownTaskQueue && placedCapabilities().includes(name);

  return ({ calls }, scheduleToCloseTimeout) => {
    function runsOn(queue: string, attempts: ActivityOptions): RunStep {
      const options = {
        ...attempts,
        taskQueue: queue,
        ...(scheduleToCloseTimeout !== undefined && { scheduleToCloseTimeout }),
      };
      const isLocal = queue === ownTaskQueue && calls === undefined;
      const steps = isLocal ? stepsOnOwnDatabase<AnyActivities>(options) : stepsOf<AnyActivities>(options);
      return async (step, summary, input) => steps[step]?.(summary, input);
    }

    const onItsQueue = runsOn(taskQueue, STEP_ATTEMPTS);
    if (!isPlaced) return onItsQueue;
    const withThePool = runsOn(ownTaskQueue, PLACED_ATTEMPTS);
    return async (...call) => {
      try {
        return await withThePool(...call);
      } catch (error) {
        if (!isMissing(error)) throw error;
        // The pool does not have the capability any more, or not yet; where it did have it, the key keeps the effect to one.
        return onItsQueue(...call);
      }
    };
  };
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === MISSING_ACTIVITY;
}
