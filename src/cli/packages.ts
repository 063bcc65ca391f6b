import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
// One function: the whole package has twice the modules, and every command waits for them.
import satisfies from 'semver/functions/satisfies';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Packages of which a second copy does harm: one copy does not recognise the objects of the other. This package does not import
 * protobufjs, but with a copy of it for each `@temporalio` package no recorded history loads. The other peers are tools.
 */
const wantsOneCopy = (name: string) =>
  ['protobufjs', 'zod'].includes(name) || name.startsWith('@temporalio/');

/**
 * Describes problems of the packages that a project and the engine share, with their places and the remedy: a package is missing,
 * has a version that the engine does not work with, or exists twice. Returns `undefined` if there are no problems.
 */
export function packageProblems({
  engine,
  project,
}: {
  /** The folder of the package `sagaline`. */
  readonly engine: string;
  readonly project: string;
}): string | undefined {
  const manifest = manifestOf(engine);
  const theirs = folderOf(manifest.name, project);
  if (theirs !== undefined && theirs !== realpathSync(engine)) {
    return `this is the command line of ${described(engine)}; the project has ${described(theirs)}. Run it with "npx ${manifest.name}" in the folder of the project.`;
  }
  // A folder without an installed engine is not a Sagaline project, so its packages are not checked.
  const roots = theirs === undefined ? [engine] : [engine, project];
  const shared = Object.entries(manifest.peerDependencies).filter(([name]) => wantsOneCopy(name));
  const found = shared.flatMap(([name]) => folderOf(name, engine) ?? []);
  // Places with the same packages above them find the same copies.
  const places = [...new Map([...roots, ...found].map((place) => [packagesAbove(place), place])).values()];
  const wrong = shared.flatMap(([name, range]) => {
    const copies = new Set(places.flatMap((place) => folderOf(name, place) ?? []));
    const optional = manifest.peerDependenciesMeta?.[name]?.optional === true;
    const problem = problemOf(name, range, [...copies], optional);
    return problem === undefined ? [] : [{ problem, wanted: `${name}@${range}` }];
  });
  if (wrong.length === 0) return undefined;
  return [
    `${manifest.name} ${manifest.version} shares packages with the project, one copy of each, and:`,
    ...wrong.map(({ problem }) => `  ${problem}`),
    `Run: npm install ${wrong.map(({ wanted }) => `"${wanted}"`).join(' ')} && npm dedupe`,
  ].join('\n');
}

function problemOf(
  name: string,
  range: string,
  copies: readonly string[],
  optional: boolean,
): string | undefined {
  const [copy] = copies;
  if (copy === undefined) return optional ? undefined : `${name} is missing`;
  if (copies.length > 1) return `there are ${copies.length} of ${name}: ${copies.map(described).join(', ')}`;
  return satisfies(manifestOf(copy).version, range) ? undefined : `${described(copy)} is not ${range}`;
}

function described(folder: string): string {
  const { name, version } = manifestOf(folder);
  return `${name} ${version} in ${folder}`;
}

/** The nearest folder of packages, where the search for a package begins. */
function packagesAbove(folder: string): string {
  const packages = path.join(folder, 'node_modules');
  return existsSync(packages) || path.dirname(folder) === folder
    ? packages
    : packagesAbove(path.dirname(folder));
}

/** The copy of a package that code in `place` loads. */
function folderOf(name: string, place: string): string | undefined {
  try {
    const file = createRequire(path.join(place, 'package.json')).resolve(`${name}/package.json`);
    return realpathSync(path.dirname(file));
  } catch {
    return undefined;
  }
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}
