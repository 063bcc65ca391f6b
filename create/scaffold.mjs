// Writes a template into a folder. Plain files, nothing is fetched, nothing is overwritten.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const PREFIX = 'template-';
/** The template that has the files which all templates share. */
const SHARED_FROM = 'minimal';
const SHARED = [
  '_gitignore',
  'jest.config.cjs',
  'package.json',
  'test/replay/record.ts',
  'test/replay/replay.test.ts',
  'test/setup.ts',
  'test/support/workers.ts',
  'tsconfig.json',
];
/** npm leaves a file out of a package, or renames it, if it is called .gitignore. */
const RENAMED = { _gitignore: '.gitignore' };
/** npm's rule for a name without a scope. */
const PACKAGE_NAME = /^[a-z0-9][a-z0-9._-]{0,213}$/;

/** A request that cannot be carried out; its message says what to do. */
export class ScaffoldError extends Error {}

export function templates() {
  return readdirSync(HERE)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
}

/**
 * Writes a template.
 *
 * @param folder below the working directory, or `.`
 * @returns the folder, and the files that were written
 */
export function scaffold({ folder, template, cwd }) {
  if (!templates().includes(template))
    throw new ScaffoldError(`there is no template "${template}"; there are: ${templates().join(', ')}`);
  const target = resolve(cwd, folder);
  const way = relative(cwd, target);
  if (way.startsWith('..') || isAbsolute(way))
    throw new ScaffoldError(`"${folder}" leaves ${cwd}; change to the folder that is to hold the project`);
  const name = basename(target);
  if (!PACKAGE_NAME.test(name))
    throw new ScaffoldError(
      `"${name}" cannot be the name of a package; use lower-case letters, digits and "-", such as my-project`,
    );
  const files = filesOf(template).map((file) => ({ from: file.from, to: renamed(file.to) }));
  const there = files.filter(({ to }) => existsSync(join(target, to)));
  if (there.length > 0)
    throw new ScaffoldError(
      `${target} already has ${there.map(({ to }) => to).join(', ')}; nothing was written. Choose an empty folder`,
    );
  try {
    for (const { from, to } of files) write(join(target, to), readFileSync(from, 'utf8'), name);
  } catch (error) {
    throw new ScaffoldError(
      `${target} cannot be written: ${error.message}; choose a folder that this user may write to`,
      { cause: error },
    );
  }
  return { target, files: files.map(({ to }) => to) };
}

function write(file, text, name) {
  mkdirSync(dirname(file), { recursive: true });
  const content = basename(file) === 'package.json' ? text.replace('"my-project"', `"${name}"`) : text;
  writeFileSync(file, content, { flag: 'wx' });
}

function filesOf(template) {
  const folderOf = (name) => join(HERE, `${PREFIX}${name}`);
  const own = filesIn(folderOf(template));
  const from = (folder, names) => names.map((name) => ({ from: join(folder, name), to: name }));
  const shared = SHARED.filter((name) => !own.includes(name));
  return [...from(folderOf(template), own), ...from(folderOf(SHARED_FROM), shared)];
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function renamed(file) {
  return join(dirname(file), RENAMED[basename(file)] ?? basename(file));
}
