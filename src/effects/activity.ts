import type * as sdk from '@temporalio/activity';
import type { z } from 'zod';
import type { FailureDetail, FailureMeaning } from '../contracts';
import { DefectError, FAILURES, isDataError, RefusalError, StepCompensatedError } from '../contracts';
import { withCause } from './cause';
import { UnpublishableEventError } from './outbox';

/**
 * Wraps an activity: it checks the input, and a final failure says what it means. A refusal had no effect. After a
 * defect, a wrong input, a step that was compensated or a value that cannot be stored, the effect is not known. Any
 * other error is retried.
 *
 * @example
 * export const oncallActivities = {
 *   closeTicket: activity(z.object({ undoes: z.string() }), ({ undoes }) => pager.close(undoes)),
 * };
 */
export function activity<Input, Output>(
  input: z.ZodType<Input>,
  run: (input: Input) => Promise<Output>,
): (given: Input, cause?: unknown) => Promise<Output> {
  return async (given, cause) => {
    const parsed = input.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.join('.') ?? '';
      throw finalFailure('defect', FAILURES.invalidInput, `input ${where}: ${issue?.message ?? ''}`);
    }
    try {
      return await withCause(cause, () => run(parsed.data));
    } catch (error) {
      throw atBoundary(error);
    }
  };
}

/**
 * Makes a failure that Temporal does not retry, with its meaning where `failureOf` reads it.
 *
 * @example
 * throw finalFailure('refused', 'unknown-device', 'there is no such device');
 */
export function finalFailure(
  meaning: Exclude<FailureMeaning, 'unknown'>,
  type: string,
  message: string,
): sdk.ApplicationFailure {
  const detail: FailureDetail = { meaning };
  return theSdk().ApplicationFailure.create({ message, type, nonRetryable: true, details: [detail] });
}

/** Loaded by a failure: every process and command loads the activities, and only workers run them. */
function theSdk(): typeof sdk {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('@temporalio/activity') as typeof sdk;
}

function atBoundary(error: unknown): unknown {
  if (error instanceof RefusalError) return finalFailure('refused', error.type, error.message);
  if (error instanceof DefectError) return finalFailure('defect', error.type, error.message);
  if (error instanceof StepCompensatedError)
    return finalFailure('defect', FAILURES.stepCompensated, error.message);
  if (error instanceof UnpublishableEventError)
    return finalFailure('defect', FAILURES.invalidInput, error.message);
  if (isDataError(error)) return finalFailure('defect', FAILURES.notStorable, error.message);
  return error;
}
