import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The program of a process, and its state: `T` when it was stopped by a signal. */
export function processState(pid: number): { program: string; state: string } {
  if (process.platform === 'linux') {
    const [, program = '', state = ''] =
      /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { program, state };
  }
  const told = execFileSync('ps', ['-o', 'state=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const [, state = '', program = ''] = /^(\S)\S*\s+(?:.*\/)?(\S+)$/.exec(told) ?? [];
  return { program, state };
}
