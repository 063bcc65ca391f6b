// The command line as an operator runs it, in a process of its own.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { environment } from '../../../src/config';

const ROOT = path.join(__dirname, '../../..');

export interface Ran {
  readonly code: number;
  readonly json: unknown;
  readonly error: string;
}

export function sagaline(settings: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ran> {
  const env = { ...environment(), ...settings };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(ROOT, 'bin/sagaline.mjs'), ...args, '-o', 'json'],
      { cwd: ROOT, env },
      (_error, out, error) =>
        resolve({ code: child.exitCode ?? 1, json: out === '' ? undefined : JSON.parse(out), error }),
    );
  });
}
