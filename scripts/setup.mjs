// Brings a fresh clone to where `npm start` and `npm test` work: npm packages as locked, servers as pinned in
// servers.json. Runs before each of them; when there is nothing to do it says nothing and costs what Node's start costs.
//
//   node scripts/setup.mjs [--tests] [--peers]
//     --tests: also the server that only the tests need
//     --peers: also the packages of bench/peers, which has a package-lock.json of its own
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkNode } from './setup/node-version.mjs';
import { oneAtATime } from './setup/one-at-a-time.mjs';
import { installPackages, packagesAreCurrent } from './setup/packages.mjs';
import { asProblem } from './setup/problem.mjs';
import { installServers, planServers } from './setup/servers.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const FOLDERS = [ROOT, ...(process.argv.includes('--peers') ? [join(ROOT, 'bench', 'peers')] : [])];

async function main() {
  checkNode(ROOT, process.versions.node);
  const plan = () => ({
    folders: FOLDERS.filter((folder) => !packagesAreCurrent(folder)),
    servers: planServers(ROOT, { tests: process.argv.includes('--tests') }),
  });
  const { folders, servers } = plan();
  if (servers.onPath.length > 0) say(`using from PATH: ${servers.onPath.join(', ')}`);
  if (folders.length === 0 && servers.missing.length === 0) return;

  await oneAtATime(ROOT, say, async () => {
    // Planned again: another set-up may have done it while we waited for our turn.
    const todo = plan();
    for (const folder of todo.folders) await installPackages(folder, step);
    await installServers(ROOT, todo.servers.missing, step);
  });
}

function say(line) {
  process.stdout.write(`setup: ${line}\n`);
}

/** Runs `work` with a line that says what it is, and then how long it took. */
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
