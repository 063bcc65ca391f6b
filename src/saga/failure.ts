import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';

/** Why a step of a saga did not succeed. */
export class SagaFailure extends Error {
  override readonly name = 'SagaFailure';
  constructor(
    /** `refused`: the step had no effect. `failed`: nobody knows, it was given up. */
    readonly kind: 'refused' | 'failed',
    /** A domain's refusal type, or `step-failed`. */
    readonly type: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Type of the failure that a cancellation of the workflow is, from the Temporal UI or its CLI. */
export const CANCELLED = 'cancelled';
/** Type of a failure that is no refusal. */
export const STEP_FAILED = 'step-failed';

/**
 * What a failed activity means. Failures mean one of two things (see the failure types in contracts): a non-retryable
 * one is a refusal, anything else was retried until its deadline.
 */
export function failureOf(error: unknown): SagaFailure {
  if (error instanceof SagaFailure) return error;
  if (isCancellation(error))
    return new SagaFailure('failed', CANCELLED, 'the workflow was cancelled', { cause: error });
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true) {
    return new SagaFailure('refused', cause.type ?? STEP_FAILED, cause.message, { cause: error });
  }
  const last = cause instanceof TimeoutFailure && cause.cause ? cause.cause : cause;
  const message = last instanceof Error ? last.message : String(last);
  return new SagaFailure('failed', STEP_FAILED, message, { cause: error });
}

/** A failure from which a saga has no way on: it fails the workflow, where an error of another kind would fail its task. */
export function asWorkflowFailure({ type, message, cause }: SagaFailure): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable: true, cause: cause as Error });
}
