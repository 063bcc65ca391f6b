// Copies a template into a new project. Shared by `npm create sagaline` and `sagaline init`.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const TEMPLATES = join(dirname(fileURLToPath(import.meta.url)), 'templates');
/** npm leaves files of these names out of a package, or reads them itself. */
const RENAMED = { _gitignore: '.gitignore', '_package.json': 'package.json' };
/** https://docs.npmjs.com/cli/configuring-npm/package-json#name, without scopes. */
const PACKAGE_NAME = /^[a-z0-9][a-z0-9._-]{0,213}$/;

/** What is wrong with the place of a new project, for a person. */
export class ProjectProblem extends Error {}

export const templates = readdirSync(TEMPLATES);

/**
 * @param {{ folder: string, template?: string, sagaline?: string }} options `sagaline`: version, or address of a tarball, of the package
 * @returns {{ files: string[], words: string }} the files, relative to the folder, and what to do next
 */
export function writeProject({ folder, template = 'minimal', sagaline }) {
  const source = join(TEMPLATES, template);
  if (!templates.includes(template))
    throw new ProjectProblem(`there is no template "${template}"; there are ${templates.join(', ')}`);
  const target = resolve(folder);
  const name = basename(target)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-');
  if (!PACKAGE_NAME.test(name))
    throw new ProjectProblem(
      `${target}: "${basename(target)}" is no name for a package; take another folder`,
    );

  const files = readdirSync(source, { recursive: true })
    .filter((file) => statSync(join(source, file)).isFile())
    .map((file) => ({
      from: join(source, file),
      to: join(dirname(file), RENAMED[basename(file)] ?? basename(file)),
    }));
  const there = files.filter(({ to }) => existsSync(join(target, to))).map(({ to }) => to);
  if (there.length > 0)
    throw new ProjectProblem(
      `${target} has ${there.slice(0, 3).join(', ')}${there.length > 3 ? ', …' : ''} already: nothing was written; take an empty folder`,
    );

  try {
    for (const { from, to } of files) {
      mkdirSync(dirname(join(target, to)), { recursive: true });
      cpSync(from, join(target, to));
    }
    fillIn(join(target, 'package.json'), name, sagaline);
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
    throw new ProjectProblem(`${target} cannot be written (${error.code}); take a folder that is yours`);
  }
  return { files: files.map(({ to }) => to), words: nextSteps(target, files.length) };
}

function fillIn(file, name, sagaline) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.name = name;
  if (sagaline !== undefined) manifest.dependencies.sagaline = sagaline;
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

function nextSteps(target, count) {
  const place = relative(process.cwd(), target);
  return [
    `${count} files in ${target}`,
    '',
    ...(place === '' ? [] : [`  cd ${place}`]),
    '  npm install',
    '  npm start      # the servers and all processes; then send examples/booking-requested.json',
    '  npm test',
    '',
  ].join('\n');
}
