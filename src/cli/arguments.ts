/** What must be known of a command line before it is understood: the commands are made of the project. */

/** The configuration file that is named. */
export function configFile(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--config' || arg.startsWith('--config='));
  if (at < 0) return undefined;
  return args[at] === '--config' ? args[at + 1] : args[at]?.slice('--config='.length);
}

/** Also an error in the command line is to be JSON. */
export function wantsJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      arg === '-ojson' ||
      arg === '--output=json' ||
      (/^(-o|--output)$/.test(arg) && args[index + 1] === 'json'),
  );
}
