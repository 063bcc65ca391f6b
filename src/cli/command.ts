import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { configFile, wantsJson } from './arguments';
import { EXIT } from './exit';
import type * as commands from './main';
import { packageProblems } from './packages';

/** The role that gives up speed for memory. */
const FRUGAL = 'console';
const ENGINE = path.resolve(__dirname, '../..');

/**
 * Runs the command line, after a check that the packages beside the engine fit. Nothing else is loaded before the check: with
 * another version of one of these packages the rest may not load at all.
 *
 * @returns the exit code
 */
export async function command(args: readonly string[]): Promise<number> {
  // The console has little work, and most of its memory would be garbage of its start: a quarter less resident (docs/console.md).
  if (args[0] === 'run' && args.includes(FRUGAL)) setFlagsFromString('--optimize-for-size');
  const file = configFile(args);
  const project = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
  const problem = packageProblems({ engine: ENGINE, project });
  if (problem === undefined) return main()(args);
  const code = 'packages';
  const message = wantsJson(args)
    ? JSON.stringify({ error: { code, message: problem } })
    : `${code}: ${problem}`;
  process.stderr.write(`${message}\n`);
  return EXIT.usage;
}

function main(): typeof commands.main {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded after the check
  return (require('./main') as typeof commands).main;
}
