/** `npm run fuzz [target] [seconds]`: coverage-guided fuzzing of the code that reads bytes from outside. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import type { Found, SearchOptions } from './search';
import { TARGETS } from './targets';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const CRASHES = path.resolve(__dirname, 'crashes');
const LONGEST_INPUT = 64 * 1024;
/** An input that is still read after this time hangs. */
const HANG_MS = 10_000;

new Command('fuzz')
  .argument('[target]', `one of ${Object.keys(TARGETS).join(', ')}, or all`, 'all')
  .argument('[seconds]', 'how long each target is searched', '60')
  .option('--seed <number>', 'the same seed gives the same search', String(Date.now() % 2 ** 31))
  .action(async (target: string, seconds: string, { seed }: { seed: string }) => {
    const names = target === 'all' ? Object.keys(TARGETS) : [target];
    let [executions, crashes] = [0, 0];
    for (const name of names) {
      const found = await searched({ name, seconds: Number(seconds), seed: Number(seed) });
      executions += found.executions;
      say(
        `${name}: ${found.executions} executions, ${found.reached} statements and branches, ${found.corpus} inputs kept`,
      );
      if (!found.crash) continue;
      crashes++;
      say(`${name}: ${found.crash.message}\n  input: ${kept(name, found.crash.input)}`);
    }
    say(`${executions} executions, ${crashes} crashes, seed ${seed}`);
    if (crashes > 0) process.exitCode = 1;
  })
  .parse();

async function searched(options: Omit<SearchOptions, 'shared'>): Promise<Found> {
  const shared = new SharedArrayBuffer(8 + LONGEST_INPUT);
  const progress = new Int32Array(shared, 0, 2);
  const file = JSON.stringify(path.resolve(__dirname, 'search.ts'));
  // A worker of TypeScript has no loader of its own.
  const worker = new Worker(`require('tsx/cjs'); require(${file});`, {
    ...{ eval: true, workerData: { ...options, shared } satisfies SearchOptions },
  });
  let before = -1;
  return new Promise<Found>((resolve, reject) => {
    const watch = setInterval(() => {
      const executions = Atomics.load(progress, 0);
      if (executions > 0 && executions === before) {
        const input = Buffer.from(new Uint8Array(shared, 8, progress[1]));
        resolve({ executions, corpus: 0, reached: 0, crash: { input, message: 'it hangs' } });
      }
      before = executions;
    }, HANG_MS);
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => clearInterval(watch));
  }).finally(() => worker.terminate());
}

/** Keeps an input for a test. @returns the path of its file */
function kept(name: string, input: Uint8Array): string {
  mkdirSync(CRASHES, { recursive: true });
  const file = path.join(CRASHES, `${name}-${Date.now()}`);
  writeFileSync(file, input);
  return path.relative('.', file);
}
