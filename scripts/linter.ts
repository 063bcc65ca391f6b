import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const ROOT = path.resolve(__dirname, '..');

/** Runs a linter in the repository's folder. Returns its output if it fails, else nothing. */
export function lint(name: string, program: string, args: readonly string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  if (error) return [`${name} did not run: ${error.message}`];
  // CI may ask for colours.
  return status === 0 ? [] : [`${name}:\n${stripVTControlCharacters(stdout + stderr)}`];
}

/** The program of an npm package of this repository. */
export function npmProgram(name: string): string {
  return path.join(ROOT, 'node_modules', '.bin', name);
}
