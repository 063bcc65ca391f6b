import { isDeepStrictEqual } from 'node:util';
import { ApplicationFailure, Context } from '@temporalio/activity';

/** An activity that the workflow has called, with all its attempts. */
export interface Call {
  /** Name of the step: calls with the same activity and input are the same step. */
  readonly step: string;
  readonly activity: string;
  readonly input: unknown;
  /** Temporal's id of the call in this workflow. */
  readonly activityId: string;
  readonly isLocal: boolean;
  attempts: number;
  /** `final`: it failed, and Temporal does not retry it. */
  last: 'under way' | 'done' | 'failed' | 'final';
}

/** One attempt of a step. */
export interface Attempt {
  readonly step: string;
  /** Number of the attempt among all attempts of the step: 1, 2, … */
  readonly number: number;
  /** Whether it is a local activity, run by the workflow's own worker within a workflow task. */
  readonly isLocal: boolean;
  /** Whether the workflow will give up the call at a deadline. */
  readonly isGivenUp: boolean;
  /** Whether the workflow has given up the step before and calls it again, because a person decided so. */
  readonly isRetried: boolean;
  readonly run: () => Promise<unknown>;
}

/** Runs between a workflow and its activities. */
export type Interference = (attempt: Attempt) => Promise<unknown>;

/** Records the calls of one workflow. */
export interface Recorder {
  readonly calls: readonly Call[];
  /** Number of failed attempts of a call; `undefined` before the first attempt and while one is under way. */
  readonly failedAttempts: (activityId: string) => number | undefined;
  attempt(activity: string, input: unknown, run: () => Promise<unknown>): Promise<unknown>;
}

/**
 * A call with a longer deadline is never given up: without a deadline of its own, it has that of its workflow, ten years on a
 * server that sets no other.
 */
const A_YEAR_MS = 365 * 24 * 60 * 60_000;

export function createRecorder(interfere: Interference): Recorder {
  const calls: Call[] = [];
  const steps: {
    readonly activity: string;
    readonly input: unknown;
    readonly step: string;
    attempts: number;
  }[] = [];

  function stepOf(activity: string, input: unknown) {
    const known = steps.find((step) => step.activity === activity && isDeepStrictEqual(step.input, input));
    if (known) return known;
    const number = steps.filter((step) => step.activity === activity).length + 1;
    const added = { activity, input, step: number === 1 ? activity : `${activity} ${number}`, attempts: 0 };
    steps.push(added);
    return added;
  }

  function callOf(activity: string, input: unknown, step: string): Call {
    const { activityId, isLocal } = Context.current().info;
    const known = calls.find((call) => call.activityId === activityId);
    if (known) return known;
    const added: Call = { step, activity, input, activityId, isLocal, attempts: 0, last: 'under way' };
    calls.push(added);
    return added;
  }

  return {
    calls,
    failedAttempts: (activityId) => {
      const call = calls.find((each) => each.activityId === activityId);
      return call?.last === 'failed' ? call.attempts : undefined;
    },
    attempt: async (activity, input, run) => {
      const step = stepOf(activity, input);
      const call = callOf(activity, input, step.step);
      step.attempts += 1;
      call.attempts += 1;
      call.last = 'under way';
      const { scheduleToCloseTimeoutMs } = Context.current().info;
      try {
        const result = await interfere({
          step: step.step,
          number: step.attempts,
          isLocal: call.isLocal,
          isGivenUp: scheduleToCloseTimeoutMs < A_YEAR_MS,
          // The ordinary call that follows a local call which was given up is not a person's retry.
          isRetried: calls.some((each) => each.step === step.step && each !== call && !each.isLocal),
          run,
        });
        call.last = 'done';
        return result;
      } catch (error) {
        call.last = error instanceof ApplicationFailure && error.nonRetryable === true ? 'final' : 'failed';
        throw error;
      }
    },
  };
}
