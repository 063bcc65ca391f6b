/** Why something that an operator wants is not done, or not known to be done. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  constructor(
    /** Stable identifier of the error, for programs: docs/cli.md has them. */
    readonly code: string,
    message: string,
    /** `refused`: nothing was changed. `unknown`: it may have been. */
    readonly outcome: 'refused' | 'unknown' = 'refused',
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
