import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { errorMessage } from '../contracts/names/error-message';
import type { FailureDetail, FailureMeaning } from '../contracts/names/saga';
import { meaningIn } from '../contracts/names/saga';
import { RecurrenceError } from './recurring/running';

/** Why a step of a saga did not succeed. */
export class SagaFailure extends Error {
  override readonly name = 'SagaFailure';
  constructor(
    /** `refused`: the step had no effect. `defect`, `unknown`: its effect is not known, and its compensation stays. */
    readonly kind: FailureMeaning,
    /** A domain's refusal type, the type of a defect, or `step-failed`. */
    readonly type: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Type of the failure if the workflow is cancelled, from the Temporal UI or its CLI. */
export const CANCELLED = 'cancelled';
/** Type of a failure that does not say what it means. */
export const STEP_FAILED = 'step-failed';

/**
 * Returns what a failed activity means: the meaning that its failure states (`activity` in src/effects), or `unknown`
 * if it states none. "Not retryable" says nothing about an effect.
 *
 * @throws RecurrenceError if that is the error: the step was never begun
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
  // This is not a failure of a step: the step was never begun, and has nothing to compensate.
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
 * Makes the failure of a workflow from the failure of a saga that cannot go on. An error of another kind would fail the
 * workflow task instead.
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
