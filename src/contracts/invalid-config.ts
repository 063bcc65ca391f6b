/** Settings that are missing, wrong, or do not fit this machine; starting again with the same ones does not help. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
  constructor(
    /** A line for each, with the setting's name first. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
  }
}
