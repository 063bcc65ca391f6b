import { storableText } from '../names/text';

/** The longest message, in characters: the same limit as for an event's detail. A provider's message is for a person. */
const MAX_MESSAGE = 500;

/**
 * A business refusal: the step had no effect, and repeating it does not help. Adapters and the work of an effect
 * throw it. At the activity's boundary it becomes a non-retryable failure of the same type.
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
 * A defect: repeating the step does not help, and its effect is unknown. Our code, the configuration or something at
 * a provider has to be fixed. The saga keeps the step's compensation.
 */
export class DefectError extends Error {
  override readonly name = 'DefectError';
  /** `none`: this request was not accepted. An earlier request under the same key may have been. */
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

/** Thrown when a step was compensated before this late attempt at it began. Nothing waits for its result any more. */
export class StepCompensatedError extends Error {
  override readonly name = 'StepCompensatedError';
  constructor(readonly key: string) {
    super(`step ${key} was compensated; it must not be done any more`);
  }
}

/**
 * Whether PostgreSQL refuses a value for good: class 22, "data exception"
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html). Repeating the statement does not help. A provider
 * may already have done its part.
 */
export function isDataError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^22.{3}$/.test(error.code)
  );
}
