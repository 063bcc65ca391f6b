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
    super(message);
  }
}

/** A step was undone before this attempt came to do it. Nobody waits for its result any more. */
export class StepUndoneError extends Error {
  override readonly name = 'StepUndoneError';
  constructor(readonly key: string) {
    super(`step ${key} was undone; it must not be done any more`);
  }
}
