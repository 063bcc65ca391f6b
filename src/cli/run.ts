import { Command, CommanderError } from 'commander';
import { visible } from '../contracts';
import { wantsJson } from './arguments';
import type { CliContextOptions } from './context';
import { openCliContext } from './context';
import { CliError, EXIT, EXIT_HELP, KEY_HINT } from './exit';
import { theProblems } from './lazy';
import { addVerbs } from './verbs';

/** Runs one command line; never rejects. @returns the exit code */
export async function runCli(args: readonly string[], options: CliContextOptions): Promise<number> {
  const { terminal } = options;
  const json = wantsJson(args);
  const cliContext = openCliContext(options, (warning) =>
    terminal.error(json ? JSON.stringify({ warning }) : warning),
  );
  const program = new Command('sagaline')
    .description(
      'Runs a project of sagas, publishes and watches events, follows processes, and deals with dead letters.',
    )
    .option(
      '--config <file>',
      'configuration file of the project; default: sagaline.config.ts in this folder',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => json || terminal.error(text.trimEnd()),
    })
    .addHelpText('after', EXIT_HELP);
  try {
    // Within the `try`, because some verbs are made from the project, which may fail to load.
    addVerbs(program, cliContext, args);
    await program.parseAsync(args, { from: 'user' });
    return cliContext.exitCode();
  } catch (error) {
    // The user asked for help.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const problem = error instanceof CliError ? error : theProblems().problemOf(error);
    const { code, message, exitCode, details } = problem;
    if (json) terminal.error(JSON.stringify({ error: { code, message, ...details } }));
    else if (!(error instanceof CommanderError)) terminal.error(`${code}: ${visible(message)}`);
    else if (error.code === 'commander.unknownOption') terminal.error(KEY_HINT);
    return exitCode;
  } finally {
    await cliContext.close();
  }
}
