/**
 * Thrown when settings are missing, wrong or do not fit this machine, or when domains contradict each other. Starting
 * again with the same configuration does not help.
 */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
  constructor(
    /** One line for each problem, with the name of the setting, route or domain. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
  }
}
