// Prepares a fresh clone for `npm start` and `npm test`: installs the npm packages of the lock file, then the servers that
// src/dev/servers pins, in the cache of this user. It runs before each of these commands. If there is nothing to do it prints
// nothing and takes a quarter of a second.
//
//   node scripts/setup.mjs [--tests] [--peers]
//     --tests: also the server that only the tests need
//     --peers: also the packages of bench/peers, which has a package-lock.json of its own
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkNode } from './setup/node-version.mjs';
import { oneAtATime } from './setup/one-at-a-time.mjs';
import { installPackages, packagesAreCurrent } from './setup/packages.mjs';
import { asProblem } from './setup/problem.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const FOLDERS = [ROOT, ...(process.argv.includes('--peers') ? [join(ROOT, 'bench', 'peers')] : [])];

async function main() {
  checkNode(ROOT, process.versions.node);
  const outdated = () => FOLDERS.filter((folder) => !packagesAreCurrent(folder));
  const plan = ({ planServers }) => planServers(process.env, { tests: process.argv.includes('--tests') });
  if (outdated().length === 0) {
    const { onPath, missing } = plan(servers());
    if (onPath.length > 0) say(`using from PATH: ${onPath.join(', ')}`);
    if (missing.length === 0) return;
  }
  await oneAtATime(ROOT, say, async () => {
    // Checked again: another set-up may have installed them while we waited for our turn.
    const folders = outdated();
    for (const folder of folders) await installPackages(folder, step);
    const { onPath, missing } = plan(servers());
    if (folders.length > 0 && onPath.length > 0) say(`using from PATH: ${onPath.join(', ')}`);
    await servers().installServers(missing, process.env, step);
  });
}

/** The package's own code, in TypeScript: tsx is available as soon as the packages are. */
function servers() {
  const require = createRequire(join(ROOT, 'package.json'));
  require('tsx/cjs/api').register();
  return require(join(ROOT, 'src/dev/servers/index.ts'));
}

function say(line) {
  process.stdout.write(`setup: ${line}\n`);
}

/** Runs `work`, and prints a line with its title and then with its duration. */
async function step(title, work) {
  const since = Date.now();
  process.stdout.write(`setup: ${title} ... `);
  try {
    const result = await work();
    process.stdout.write(`done in ${Math.round((Date.now() - since) / 1000)} s\n`);
    return result;
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
}

main().catch((error) => {
  process.stderr.write(`${asProblem(error, ROOT).text()}\n`);
  process.exitCode = 1;
});
