/**
 * `npm run test:full -- package`: the package as those see it who install it. Packs the repository as `npm pack` does, and
 * takes a newcomer's way with the tarball, outside of the repository: init, install, test, start, publish, build, add; then the
 * types and entry points, and a project of ES modules. With this Node, or with those that are named (`package 22 24`). As root
 * the first half once more as an ordinary user with an empty home, beside the second half.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorMessage } from '../../src/contracts';
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
import type { Project } from './package/project';
import { checkWithoutTsx, makeProject } from './package/project';
import type { Record } from './package/record';
import { createRecord } from './package/record';
import { runProject } from './package/running';
import { killAll } from './package/shell';

const ROOT = path.resolve(__dirname, '../..');
/** Measured on two idle cores with warm caches, in seconds; an empty home is filled from the registry. */
const BUDGET = { thisUser: 130, withOrdinaryUser: 160 };
const WITHOUT_ROOT =
  'Not run as root: the way of an ordinary user is the one above, and there is no second one with an empty home.';

/** Exit code of a program that ends because of Ctrl-C. */
const INTERRUPTED = 130;

const quiet = () => undefined;
const quoted = (output: string) => say(output.trimEnd().replace(/^/gm, '    | '));

async function main(): Promise<void> {
  const majors = process.argv.length > 2 ? process.argv.slice(2) : [currentMajor];
  say(
    `Budget: ${BUDGET.thisUser} s for each Node, as root ${BUDGET.withOrdinaryUser} s; Node ${majors.join(', ')}`,
  );
  const place = mkdtempSync(path.join(tmpdir(), 'sagaline-newcomer-'));
  const leave = () => {
    killAll();
    rmSync(place, { recursive: true, force: true });
    forgetInNpx(place);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      leave();
      process.exit(INTERRUPTED);
    });
  const tables: string[] = [];
  try {
    const tarball = packed(place);
    for (const [index, major] of majors.entries())
      tables.push(...(await allWays({ major, place, tarball, show: index === 0 ? quoted : quiet })));
  } finally {
    leave();
  }
  say(`\n${tables.join('\n\n')}`);
}

interface Given {
  readonly major: string;
  readonly place: string;
  readonly tarball: string;
  readonly show: (output: string) => void;
}

/** @returns a table for each newcomer */
async function allWays({ major, place, tarball, show }: Given): Promise<string[]> {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {
    cwd: place,
    encoding: 'utf8',
  }).trim();
  const node = nodeOf(major, place);
  const first = await thisUser(node, path.join(place, `${major}-this`), registry);
  say(`\n${first.name}`);
  const own = createRecord((line) => say(`  ${line}`));
  const project = await firstHalf(first, { tarball, record: own, show });
  const second = await ordinaryUser(node, path.join(place, `${major}-ordinary`), registry);
  if (second === undefined) {
    await secondHalf(project, own, show);
    return [tableOf(first, own), WITHOUT_ROOT];
  }
  const others = createRecord((line) => say(`  ${second.as}: ${line}`));
  const ways = await Promise.allSettled([
    secondHalf(project, own, show),
    firstHalf(second, { tarball, record: others, show: quiet }),
  ]);
  for (const way of ways) if (way.status === 'rejected') throw way.reason;
  return [tableOf(first, own), tableOf(second, others)];
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

/** From an empty folder to a project that has run, was built, and has ended. */
async function firstHalf(
  newcomer: Newcomer,
  given: { tarball: string; record: Record; show: (output: string) => void },
): Promise<Project> {
  const project = await makeProject(newcomer, given);
  await runProject(project, given.record, given.show);
  return project;
}

/** What else the package promises, and what is added to the project. */
async function secondHalf(project: Project, record: Record, show: (output: string) => void): Promise<void> {
  await record.step('types of the package', () => checkTypes(project));
  await record.step('require() and import()', () => checkEntryPoints(project));
  await record.step('a project without tsx', () => checkWithoutTsx(project));
  await record.step('a project of ES modules', () => checkEsm(project));
  await addToProject(project, record, show);
}

function tableOf({ name }: Newcomer, record: Record): string {
  return `${name}: ${record.seconds().toFixed(0)} s\n${record.table()}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
