import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { errorMessage } from '../contracts/names/error-message';
import type { FailureDetail, FailureMeaning } from '../contracts/names/saga';
import { meaningIn } from '../contracts/names/saga';
import { RecurrenceError } from './occurrence';

/** Why a step of a saga did not succeed. */
export class SagaFailure extends Error {
  override readonly name = 'SagaFailure';
  constructor(
    /** `refused`: the step had no effect. `defect`, `unknown`: nobody knows its effect, and its compensation stays. */
    readonly kind: FailureMeaning,
    /** A domain's refusal type, the type of a defect, or `step-failed`. */
    readonly type: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Type of the failure that a cancellation of the workflow is, from the Temporal UI or its CLI. */
export const CANCELLED = 'cancelled';
/** Type of a failure that says nothing of its meaning. */
export const STEP_FAILED = 'step-failed';

/**
 * What a failed activity means: what its failure says (`activity` in src/effects), and `unknown` where it says nothing.
 * "Not retryable" says nothing about an effect.
 *
 * @example
 * try {
 *   await scope.step(openTicket);
 * } catch (error) {
 *   const { kind, type } = failureOf(error); // 'refused', 'unknown-device'
 * }
 */
export function failureOf(error: unknown): SagaFailure {
  if (error instanceof SagaFailure) return error;
  // No failure of a step: it was never begun, and nothing is to be compensated for it.
  if (error instanceof RecurrenceError) throw error;
  if (isCancellation(error))
    return new SagaFailure('unknown', CANCELLED, 'the workflow was cancelled', { cause: error });
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const meaning = meaningIn(cause.details);
    if (meaning !== 'unknown')
      return new SagaFailure(meaning, cause.type ?? STEP_FAILED, cause.message, { cause: error });
  }
  const last = cause instanceof TimeoutFailure && cause.cause ? cause.cause : cause;
  const message = errorMessage(last);
  return new SagaFailure('unknown', STEP_FAILED, message, { cause: error });
}

/**
 * A failure from which a saga has no way on: it fails the workflow, where an error of another kind would fail its task.
 *
 * @example
 * try {
 *   await scope.step(openTicket);
 * } catch (error) {
 *   throw asWorkflowFailure(failureOf(error));
 * }
 */
export function asWorkflowFailure({ kind, type, message, cause }: SagaFailure): ApplicationFailure {
  const detail: FailureDetail = { meaning: kind };
  return ApplicationFailure.create({
    message,
    type,
    nonRetryable: true,
    details: [detail],
    cause: cause as Error,
  });
}
