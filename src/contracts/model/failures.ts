import { storableText } from '../names/text';

/** As long as an event's detail may be; a provider's message is for a person. */
const MAX_MESSAGE = 500;

/**
 * A business refusal: the step had no effect, and repeating it would not change that. Thrown by adapters and by the
 * work of an effect; at the activity's boundary it becomes a non-retryable failure of the same type.
 */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  constructor(
    /** One of the domain's constants. */
    readonly type: string,
    message: string,
  ) {
    super(storableText(message, MAX_MESSAGE));
  }
}

/**
 * A defect: repeating the step would not help, and nobody knows its effect. Something has to be mended, in our code, in the
 * configuration or at a provider. The step's compensation stays.
 */
export class DefectError extends Error {
  override readonly name = 'DefectError';
  /** `none`: the request itself was not taken. An earlier one under the same key may have been. */
  readonly effect: 'none' | 'unknown';
  constructor(
    /** One of `FAILURES`, or of the domain's constants. */
    readonly type: string,
    message: string,
    { effect = 'unknown', ...options }: ErrorOptions & { readonly effect?: 'none' | 'unknown' } = {},
  ) {
    super(storableText(message, MAX_MESSAGE), options);
    this.effect = effect;
  }
}

/** A step was compensated before this attempt came to do it. Nobody waits for its result any more. */
export class StepCompensatedError extends Error {
  override readonly name = 'StepCompensatedError';
  constructor(readonly key: string) {
    super(`step ${key} was compensated; it must not be done any more`);
  }
}

/**
 * PostgreSQL's class 22, "data exception" (https://www.postgresql.org/docs/current/errcodes-appendix.html): a value that
 * it cannot take now will not fit later either. A provider may have done its part by then.
 */
export function isDataError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^22.{3}$/.test(error.code)
  );
}
