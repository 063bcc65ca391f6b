import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { errorMessage } from '../src/contracts';

/** Prints for people, one line at a time. */
export type Say = (line: string) => void;

export const say: Say = (line) => void process.stdout.write(`${line}\n`);

/** Runs a command of this folder: errors give a clear message and an exit code instead of a stack trace. */
export async function runCommand(command: Command): Promise<void> {
  try {
    await command.exitOverride().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    process.stderr.write(`\n${errorMessage(error)}\n`);
    process.exitCode = 1;
  }
}
