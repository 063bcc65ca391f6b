#!/usr/bin/env node
// The command line. In the engine's own repository it runs from the sources; a project's TypeScript is loaded by tsx.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(import.meta.url);
const ROOT = resolve(dirname(FILE), '..');
/** Node's option for the condition of our exports that leads to the sources. */
const CONDITION = '--conditions=sagaline-source';
const isSource = existsSync(join(ROOT, 'src', 'cli', 'main.ts'));

if (isSource && !process.execArgv.includes(CONDITION)) again();
else await main();

/** The condition can only be set when a process is started. */
function again() {
  const child = spawn(process.execPath, [CONDITION, FILE, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code)));
}

async function main() {
  loadTypeScript();
  const require = createRequire(import.meta.url);
  const { main } = require(join(ROOT, isSource ? 'src/cli/main.ts' : 'dist/cli/main.js'));
  process.exitCode = await main(process.argv.slice(2));
}

/** From the project's own packages; a project that is built needs it no more. */
function loadTypeScript() {
  for (const folder of [process.cwd(), ROOT]) {
    try {
      createRequire(join(folder, 'package.json'))('tsx/cjs/api').register();
      return;
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    }
  }
}
