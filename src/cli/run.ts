import { Command, CommanderError } from 'commander';
import { EventConflictError, NotPublishedError } from '../adapters/nats';
import { InvalidConfigError } from '../config';
import { visible } from '../contracts';
import { RefusedError } from '../dead-letters';
import { KeysFolderError } from '../keys';
import { OperatorError } from '../operator';
import { wantsJson } from './arguments';
import { addApiKeys } from './api-keys';
import { addAudit } from './audit';
import { addBulk } from './bulk';
import { addCapacity } from './capacity';
import { addDatabase } from './database';
import { addDeadLetters } from './dead-letters';
import { addDeploy } from './deploy';
import { addDoctor } from './doctor';
import { addEvents } from './events';
import { CliError, EXIT, EXIT_HELP } from './exit';
import { addKeys } from './keys';
import { addKubernetes } from './kubernetes';
import { addOutbox } from './outbox';
import { addReconcile } from './reconcile';
import { addReplay } from './replay';
import { addRoutes } from './routes';
import { addSagas } from './sagas';
import { addSubjects } from './subjects';
import { addSubscriptions } from './subscriptions';
import { addSwitches } from './switches';
import { addTrace } from './trace';
import type { CliContextOptions } from './context';
import { openCliContext } from './context';

/** Hint for a correlation key that looks like an option. */
const KEY_HINT = 'a key that begins with "-" comes behind `--`: sagaline trace -- -a';

/** Errors of a folder of another user, or of a read-only file system. */
const NO_PERMISSION = ['EACCES', 'EPERM', 'EROFS'];

/** What a command line needs to run. */
export interface CliOptions extends CliContextOptions {
  /** Adds further commands. */
  readonly commands?: (program: Command) => void;
}

/** Runs one command line; never rejects. @returns the exit code */
export async function runCli(args: readonly string[], options: CliOptions): Promise<number> {
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
    // Within the `try`, because some commands are made from the project, which may fail to load.
    addEvents(program, cliContext);
    addTrace(program, cliContext);
    addDeadLetters(program, cliContext);
    addOutbox(program, cliContext);
    addSagas(program, cliContext);
    addBulk(program, cliContext);
    addReconcile(program, cliContext);
    addRoutes(program, cliContext);
    addSubscriptions(program, cliContext);
    addSubjects(program, cliContext);
    addSwitches(program, cliContext);
    addDeploy(program, cliContext);
    addReplay(program, cliContext);
    addDoctor(program, cliContext);
    addCapacity(program, cliContext);
    addKeys(program, cliContext);
    addDatabase(program, cliContext);
    addApiKeys(program, cliContext);
    addKubernetes(program, cliContext);
    addAudit(program, cliContext);
    options.commands?.(program);
    await program.parseAsync(args, { from: 'user' });
    return cliContext.exitCode();
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) return EXIT.ok;
    const { code, message, exitCode, details } = problem;
    if (json) terminal.error(JSON.stringify({ error: { code, message, ...details } }));
    else if (!(error instanceof CommanderError)) terminal.error(`${code}: ${visible(message)}`);
    else if (error.code === 'commander.unknownOption') terminal.error(KEY_HINT);
    return exitCode;
  } finally {
    await cliContext.close();
  }
}

/** Returns `undefined` if nothing failed, because the user asked for help. */
function problemOf(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof OperatorError) {
    const { code, message, outcome, details } = error;
    return new CliError(code, message, outcome === 'unknown' ? EXIT.stillOpen : EXIT.failed, details);
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, '');
    const isOption = error.code === 'commander.unknownOption';
    return new CliError('usage', isOption ? `${message}; ${KEY_HINT}` : message, EXIT.usage);
  }
  if (error instanceof InvalidConfigError) return new CliError('configuration', error.message, EXIT.usage);
  if (error instanceof KeysFolderError) return new CliError(error.code, error.message, EXIT.usage);
  if (error instanceof RefusedError)
    return new CliError(error.refusal, error.message, EXIT.failed, error.details);
  if (error instanceof EventConflictError) {
    const { stored } = error;
    const other = stored ? `message ${stored.sequence} of ${stored.stream}` : 'another event';
    return new CliError('conflict', `${other} has the same source and id with other content`);
  }
  if (error instanceof NotPublishedError) return new CliError('not-published', error.message);
  const unwritable = unwritablePath(error);
  if (unwritable !== undefined)
    return new CliError(
      'no-permission',
      `${unwritable}: make it writable for this user, or run the command as its owner`,
    );
  return new CliError('failed', error instanceof Error ? withCause(error) : String(error));
}

/** Returns the file system's own message, which has the path. */
function unwritablePath(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  return NO_PERMISSION.includes(String(error.code)) ? error.message : undefined;
}

function withCause(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
