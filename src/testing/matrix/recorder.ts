import { isDeepStrictEqual } from 'node:util';
import { ApplicationFailure, Context } from '@temporalio/activity';

/** An activity that the workflow has called, with all its attempts. */
export interface Call {
  /** Which step that is: a call with the same activity and input is the same step. */
  readonly step: string;
  readonly activity: string;
  readonly input: unknown;
  /** Temporal's name of the call in this workflow. */
  readonly activityId: string;
  readonly isLocal: boolean;
  attempts: number;
  /** `final`: it failed, and Temporal does not try again. */
  last: 'under way' | 'done' | 'failed' | 'final';
}

/** One attempt of a step. */
export interface Attempt {
  readonly step: string;
  /** Of all attempts of the step: 1, 2, … */
  readonly number: number;
  /** Run by the workflow's own worker, within a workflow task. */
  readonly isLocal: boolean;
  /** Whether the workflow gives the call up one day. */
  readonly isGivenUp: boolean;
  /** The workflow has given the step up before, and calls it again: a person has decided so. */
  readonly isRetried: boolean;
  readonly run: () => Promise<unknown>;
}

/** Comes between a workflow and its activities. */
export type Interference = (attempt: Attempt) => Promise<unknown>;

/** Remembers what one workflow calls. */
export interface Recorder {
  readonly calls: readonly Call[];
  /** The attempts that a call has had and that have failed; `undefined` while one is under way, or before the first. */
  readonly failedAttempts: (activityId: string) => number | undefined;
  attempt(activity: string, input: unknown, run: () => Promise<unknown>): Promise<unknown>;
}

/** A call without a deadline of its own has that of its workflow: ten years, on a server that has no other. */
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
          // A local call that is given up is followed by an ordinary one, which nobody has decided.
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
