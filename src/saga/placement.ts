import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Capability, StepDeclaration } from '../contracts/model/capability';
import { MISSING_ACTIVITY, placedIn, placedMemo } from '../contracts/names/placement';
import { STEP_ATTEMPTS } from './attempts';
import { stepsOf, stepsOnOwnDatabase } from './steps';

/** Runs one step of a capability, with a summary and its input. */
type RunStep = (step: string, summary: string, input: object) => Promise<unknown>;

type AnyActivities = Record<string, (input: object) => Promise<unknown>>;

/** If a worker lacks the activity, there is no retry: the step goes to the capability's own pool. */
const PLACED_ATTEMPTS = {
  ...STEP_ATTEMPTS,
  retry: { ...STEP_ATTEMPTS.retry, nonRetryableErrorTypes: [MISSING_ACTIVITY] },
} as const satisfies ActivityOptions;

/**
 * The capabilities that are placed with the pool of this saga. They are read from its first history event, and never
 * change.
 */
function placedCapabilities(): readonly string[] {
  return placedIn(workflowInfo().memo);
}

/** The memo for the run that continues this saga, or follows it: capabilities stay placed. */
export function memoOfPlacement(): Readonly<Record<string, unknown>> {
  return placedMemo(placedCapabilities());
}

/**
 * Decides how the steps of a capability run: on the capability's own task queue, or with the pool of the workflow,
 * where steps that work on the database alone, or are declared as `local`, are local activities.
 *
 * @param ownTaskQueue task queue of the workflow's own pool
 * @returns a function that runs a step as it is declared, within its deadline in milliseconds; without one, the step is
 * retried until it is done or refused
 */
export function stepRunner(
  { name, taskQueue }: Pick<Capability, 'name' | 'taskQueue'>,
  ownTaskQueue: string,
): (declared: StepDeclaration, withinMs: number | undefined) => RunStep {
  const isPlaced = taskQueue !== ownTaskQueue && placedCapabilities().includes(name);

  return ({ calls, local }, scheduleToCloseTimeout) => {
    function runsOn(queue: string, attempts: ActivityOptions): RunStep {
      const options = {
        ...attempts,
        taskQueue: queue,
        ...(scheduleToCloseTimeout !== undefined && { scheduleToCloseTimeout }),
      };
      const isLocal = queue === ownTaskQueue && (calls === undefined || local === true);
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
        // The pool no longer has the capability, or does not have it yet. If an attempt has run there, the key keeps
        // the effect to one.
        return onItsQueue(...call);
      }
    };
  };
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === MISSING_ACTIVITY;
}
