/** Settings that are missing, wrong, or do not fit this machine, and domains that contradict each other; starting again with the same ones does not help. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
  constructor(
    /** A line for each, with the name of the setting, route or domain. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
  }
}
