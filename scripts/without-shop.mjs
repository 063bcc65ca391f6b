/**
 * `npm run check:without-shop`: copies the repository to a temporary folder, removes the shop from the copy, as a user would who
 * keeps only the engine, and checks the rest: the compiler, the checks of the package and of the examples in docstrings, then
 * jest. The shop's tests are in test/shop; no other test imports it. It prints the number of the engine's test files, and for
 * each part whether it is green.
 *
 * Arguments are the kinds of tests to run (unit, examples, workflow, integration). Without arguments no tests run: the engine's
 * tests run in `npm test` as well.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = path.resolve(fileURLToPath(import.meta.url), '../..');
/** The shop's own folders. */
const SHOP = ['domains/shop', 'workflows/shop', 'activities/shop', 'workers', 'demo', 'test/shop'];
/** Files here may import the shop, and are then removed with it. */
const MAY_REACH = /^(test\/(chaos|drill|full)|bench|scripts)\//;
const FROM_SOURCES = ['--conditions=sagaline-source', '--import', 'tsx'];
/** jest's configuration names these files; no file imports them. */
const SET_UP = 'test/support/setup/';
const CONFIG = `import { defineConfig } from 'sagaline';\n\nexport default defineConfig({ domains: [], pools: {} });\n`;

const kinds = process.argv.slice(2);
const copy = mkdtempSync(path.join(tmpdir(), 'sagaline-without-shop-'));

try {
  process.exitCode = run();
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function run() {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && existsSync(path.join(ROOT, file)));
  const removed = files.filter(isShop);
  const reaching = reachingShop(files);
  for (const file of files) {
    if (!removed.includes(file) && !reaching.has(file)) cpSync(path.join(ROOT, file), path.join(copy, file));
  }
  for (const folder of ['node_modules', '.tools']) {
    if (existsSync(path.join(ROOT, folder))) symlinkSync(path.join(ROOT, folder), path.join(copy, folder));
  }
  writeFileSync(path.join(copy, 'sagaline.config.ts'), CONFIG);
  withoutShopBundles();
  tell(files, reaching);

  const parts = [
    command('tsc', ['node_modules/typescript/bin/tsc']),
    command('package', [...FROM_SOURCES, 'scripts/check-package.ts']),
    command('examples in docstrings', [...FROM_SOURCES, 'scripts/check-examples.ts']),
    ...(kinds.length === 0
      ? []
      : [command('jest', ['node_modules/jest/bin/jest.js', '--selectProjects', ...kinds])]),
  ];
  return parts.every(Boolean) ? 0 : 1;
}

function isShop(file) {
  return SHOP.some((folder) => file.startsWith(`${folder}/`));
}

/** Tests and their helper files that import the shop, directly or through other files. */
function reachingShop(files) {
  const importers = new Map();
  for (const file of files.filter((each) => each.endsWith('.ts'))) {
    for (const imported of importsOf(file, files))
      importers.set(imported, [...(importers.get(imported) ?? []), file]);
  }
  const reaching = new Set();
  const waiting = [...files.filter(isShop)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const importer of importers.get(next) ?? []) {
      if (reaching.has(importer) || !MAY_REACH.test(importer) || importer.startsWith(SET_UP)) continue;
      reaching.add(importer);
      waiting.push(importer);
    }
  }
  return reaching;
}

function importsOf(file, files) {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(ROOT, file), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName))
    .flatMap((target) =>
      [target, `${target}.ts`, `${target}/index.ts`].filter((each) => files.includes(each)),
    );
}

/** Removes the bundles of workflows that do not exist any more. */
function withoutShopBundles() {
  const file = path.join(copy, SET_UP, 'bundles.ts');
  const lines = readFileSync(file, 'utf8').split('\n');
  const gone = (line) => {
    const [, source] = /path\.join\(ROOT, '([^']+)'\)/.exec(line) ?? [];
    return source !== undefined && !existsSync(path.join(copy, source));
  };
  writeFileSync(file, lines.filter((line) => !gone(line)).join('\n'));
}

function tell(files, reaching) {
  const tests = files.filter((file) => /^(test|examples)\/.*\.test\.ts$/.test(file));
  const kindOf = (file) => file.split('/')[file.startsWith('test/') ? 2 : 0];
  for (const kind of [...new Set(tests.map(kindOf))].sort()) {
    const all = tests.filter((file) => kindOf(file) === kind);
    const left = all.filter((file) => !isShop(file) && !reaching.has(file));
    console.log(`${kind}: ${left.length} of ${all.length} test files are the engine's`);
  }
}

function command(name, args) {
  console.log(`\n${name} without the shop …`);
  const { status } = spawnSync(process.execPath, args, { cwd: copy, stdio: 'inherit' });
  console.log(`${name}: ${status === 0 ? 'green' : 'RED'}`);
  return status === 0;
}
