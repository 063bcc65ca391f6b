import { spawn } from 'node:child_process';
import type { Environment } from './cache';

export interface Outcome {
  /** `undefined` if the command does not exist. */
  readonly code: number | string | undefined;
  readonly output: string;
}

/** Runs a tool without showing its output, and returns what it printed. */
export function run(command: string, args: readonly string[], env: Environment): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(command, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve({ code: undefined, output }) : reject(error),
    );
    child.once('close', (code, signal) => resolve({ code: code ?? signal ?? 1, output }));
  });
}
