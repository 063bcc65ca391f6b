/** What went wrong, for the last line of a command that failed. Loaded then: it knows the errors of all parts. */
import { CommanderError } from 'commander';
import { EventConflictError, NotPublishedError } from '../adapters/nats';
import { InvalidConfigError } from '../config';
import { RefusedError } from '../dead-letters';
import { KeysFolderError } from '../keys';
import { OperatorError } from '../operator';
import { CliError, EXIT, KEY_HINT } from './exit';

/** Errors of a folder of another user, or of a read-only file system. */
const NO_PERMISSION = ['EACCES', 'EPERM', 'EROFS'];

/** The code, the message and the exit code of an error that is not a `CliError`. */
export function problemOf(error: unknown): CliError {
  if (error instanceof OperatorError) {
    const { code, message, outcome, details } = error;
    return new CliError(code, message, outcome === 'unknown' ? EXIT.stillOpen : EXIT.failed, details);
  }
  if (error instanceof CommanderError) {
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
