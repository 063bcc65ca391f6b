#!/usr/bin/env node
// The command line. In the engine's own repository it runs from the sources.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(import.meta.url);
const ROOT = resolve(dirname(FILE), '..');
/** Node's option for the condition of our exports that leads to the sources. */
const CONDITION = '--conditions=sagaline-source';
/** What a project leaves open, such as a timer of one of its modules, keeps an ended command this long, in milliseconds. */
const OPEN_MS = 500;
/** The package has the sources too, for debuggers; what only the repository has is how it is built. */
const isSource = existsSync(join(ROOT, 'tsconfig.build.json'));

const PACKAGES = isSource ? join(ROOT, 'node_modules') : dirname(ROOT);

if (isSource && !process.execArgv.includes(CONDITION)) again();
else await main();

/** The condition can only be set when a process is started. */
function again() {
  const child = spawn(process.execPath, [CONDITION, FILE, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code)));
}

async function main() {
  // Compiled code is kept beside the packages that it belongs to, as bundles of workflows are. Node 20 has no such cache.
  module.enableCompileCache?.(join(PACKAGES, '.cache', 'sagaline', 'code'));
  const require = createRequire(import.meta.url);
  if (isSource) (await import('../scripts/load-sources.mjs')).loadSources(join(ROOT, 'src'));
  const { command } = require(join(ROOT, isSource ? 'src/cli/command.ts' : 'dist/cli/command.js'));
  process.exitCode = await command(process.argv.slice(2));
  setTimeout(() => process.stdout.write('', () => process.exit()), OPEN_MS).unref();
}
