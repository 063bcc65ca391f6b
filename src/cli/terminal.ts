import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

/** Where words go to and come from. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** All of the standard input. */
  input(): Promise<Uint8Array>;
  /** @throws where there is no such file */
  file(path: string): Promise<Uint8Array>;
  /** Aborts when the person presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export function processTerminal(): Terminal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  // A reader that has had enough, `head` say, ends what it reads from; that is no failure.
  process.stdout.on('error', () => interrupted.abort());
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    error: (text) => void process.stderr.write(`${text}\n`),
    input: () => buffer(process.stdin),
    file: (path) => readFile(path),
    interrupted: interrupted.signal,
  };
}
