/**
 * `npm run test:full -- package`: the package as those see it who install it. Packs the repository as `npm pack` does, and
 * takes a newcomer's way with the tarball, outside of the repository: init, install, test, start, publish, build, add; then the
 * types and entry points, and a project of ES modules. With this Node, or with those that are named (`package 22 24`). As root
 * the first half once more as an ordinary user with an empty home.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inUnits } from '../../scripts/package/in-units';
import { pack } from '../../scripts/package/pack';
import { say } from '../../demo/command-line';
import { addToProject } from './package/additions';
import { checkEntryPoints, checkTypes } from './package/consumers';
import { checkEsm } from './package/esm';
import type { Newcomer } from './package/newcomer';
import { ordinaryUser, thisUser } from './package/newcomer';
import { currentMajor, nodeOf } from './package/nodes';
import { forgetInNpx } from './package/npx-cache';
import { checkWithoutTsx, makeProject } from './package/project';
import { createRecord } from './package/record';
import { runProject } from './package/running';

const ROOT = path.resolve(__dirname, '../..');
/** What was measured on two cores with warm caches, in seconds; an empty home is filled from the registry. */
const BUDGET = { thisUser: 110, ordinaryUser: 60 };
const WITHOUT_ROOT =
  'Not run as root: the way of an ordinary user is the one above, and there is no second one with an empty home.';

const quiet = () => undefined;
const quoted = (output: string) => say(output.trimEnd().replace(/^/gm, '    | '));

async function main(): Promise<void> {
  const majors = process.argv.length > 2 ? process.argv.slice(2) : [currentMajor];
  say(
    `Budget for each Node: ${BUDGET.thisUser} s, and ${BUDGET.ordinaryUser} s as an ordinary user; Node ${majors.join(', ')}`,
  );
  const place = mkdtempSync(path.join(tmpdir(), 'sagaline-newcomer-'));
  const tables: string[] = [];
  try {
    const tarball = packed(place);
    const registry = execFileSync('npm', ['config', 'get', 'registry'], {
      cwd: place,
      encoding: 'utf8',
    }).trim();
    for (const [index, major] of majors.entries()) {
      const node = nodeOf(major, place);
      const first = await thisUser(node, path.join(place, `${major}-this`), registry);
      tables.push(await wholeWay(first, tarball, index === 0 ? quoted : quiet));
      const second = await ordinaryUser(node, path.join(place, `${major}-ordinary`), registry);
      tables.push(second === undefined ? WITHOUT_ROOT : await firstHalf(second, tarball));
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
    forgetInNpx(place);
  }
  say(`\n${tables.join('\n\n')}`);
}

/** @returns the tarball, where everybody can read it */
function packed(place: string): string {
  const folder = path.join(place, 'packed');
  mkdirSync(folder);
  const { tarball, bytes, unpackedBytes, files } = pack(ROOT, folder);
  say(`package: ${inUnits(bytes)} packed, ${inUnits(unpackedBytes)} unpacked, ${files.length} files`);
  const readable = path.join(place, path.basename(tarball));
  copyFileSync(tarball, readable);
  chmodSync(readable, 0o644);
  chmodSync(place, 0o755);
  return readable;
}

async function wholeWay(
  newcomer: Newcomer,
  tarball: string,
  show: (output: string) => void,
): Promise<string> {
  say(`\n${newcomer.name}`);
  const record = createRecord(say);
  const project = await makeProject(newcomer, { tarball, record, show });
  await runProject(project, record, show);
  await record.step('types of the package', () => checkTypes(project));
  await record.step('require() and import()', () => checkEntryPoints(project));
  await record.step('a project without tsx', () => checkWithoutTsx(project));
  await record.step('a project of ES modules', () => checkEsm(project));
  await addToProject(project, record, show);
  return `${newcomer.name}: ${record.seconds().toFixed(0)} s\n${record.table()}`;
}

async function firstHalf(newcomer: Newcomer, tarball: string): Promise<string> {
  say(`\n${newcomer.name}`);
  const record = createRecord(say);
  const project = await makeProject(newcomer, { tarball, record, show: quiet });
  await runProject(project, record, quiet);
  return `${newcomer.name}: ${record.seconds().toFixed(0)} s\n${record.table()}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
