/** Arguments that must be read before the command line is parsed, because the project defines some of the commands. */

/** The configuration file that the command line names. */
export function configFile(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--config' || arg.startsWith('--config='));
  if (at < 0) return undefined;
  return args[at] === '--config' ? args[at + 1] : args[at]?.slice('--config='.length);
}

/** The verb of the command line, whether there is such a verb or not. */
export function verbIn(args: readonly string[]): string | undefined {
  return args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--config');
}

/** Whether the output is JSON; errors in the command line are then JSON, too. */
export function wantsJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      arg === '-ojson' ||
      arg === '--output=json' ||
      (/^(-o|--output)$/.test(arg) && args[index + 1] === 'json'),
  );
}
