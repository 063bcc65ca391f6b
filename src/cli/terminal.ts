import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { visible } from '../contracts';

/**
 * Input and output of a command. What is written moves no cursor and turns no text round, also with text from outside: a
 * command has only to keep foreign text in its line (`oneLine`).
 */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Reads all of the standard input. */
  input(): Promise<Uint8Array>;
  /** @throws when the file does not exist */
  file(path: string): Promise<Uint8Array>;
  /** Aborted when the user presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export function processTerminal(): Terminal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  // A reader such as `head` may close the pipe early. That ends the command, and is not a failure.
  process.stdout.on('error', () => interrupted.abort());
  return {
    out: (text) => void process.stdout.write(`${visible(text)}\n`),
    error: (text) => void process.stderr.write(`${visible(text)}\n`),
    input: () => buffer(process.stdin),
    file: (path) => readFile(path),
    interrupted: interrupted.signal,
  };
}
