import { ApplicationFailure } from '@temporalio/activity';
import type { z } from 'zod';
import { FAILURES, RefusalError, StepUndoneError } from '../contracts';
import { withCause } from './cause';
import { UnpublishableEventError } from './outbox';

/**
 * An activity at its boundary: the input is checked, and what is thrown gets one of two meanings. A business refusal, a
 * step that was undone and a wrong input are final; everything else is retried.
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
      throw ApplicationFailure.nonRetryable(`input ${where}: ${issue?.message ?? ''}`, FAILURES.invalidInput);
    }
    try {
      return await withCause(cause, () => run(parsed.data));
    } catch (error) {
      if (error instanceof RefusalError) throw ApplicationFailure.nonRetryable(error.message, error.type);
      if (error instanceof StepUndoneError) {
        throw ApplicationFailure.nonRetryable(error.message, FAILURES.stepUndone);
      }
      if (error instanceof UnpublishableEventError) {
        throw ApplicationFailure.nonRetryable(error.message, FAILURES.invalidInput);
      }
      if (isDataError(error)) throw ApplicationFailure.nonRetryable(error.message, FAILURES.invalidInput);
      throw error;
    }
  };
}

/**
 * PostgreSQL's class 22, "data exception" (https://www.postgresql.org/docs/current/errcodes-appendix.html): a value that
 * it cannot take now will not fit later either.
 */
function isDataError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^22.{3}$/.test(error.code)
  );
}
