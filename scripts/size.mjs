/**
 * `npm run size [folder of a checkout]`: the size of the code. Prints for each folder the number of files and lines, and the
 * median and the longest file; then files over 200 lines, and what `src/contracts` exports to the other folders.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(process.argv[2] ?? path.resolve(fileURLToPath(import.meta.url), '../..'));
const FOLDERS = ['src', 'domains', 'workflows', 'activities', 'workers', 'test', 'create', 'examples'];
/** Files longer than this may need to be split. */
const LONG = 200;

const linesOf = (file) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length - 1;
const files = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.cjs'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
  .map((file) => ({ file, lines: linesOf(file) }));

console.table(
  Object.fromEntries(
    FOLDERS.map((folder) => {
      const own = files.filter(({ file }) => file.startsWith(`${folder}/`));
      const sorted = own.map(({ lines }) => lines).sort((one, other) => one - other);
      return [
        folder,
        {
          files: own.length,
          lines: sorted.reduce((sum, lines) => sum + lines, 0),
          median: sorted[Math.floor(sorted.length / 2)],
          longest: sorted.at(-1),
          [`over ${LONG}`]: own.filter(({ lines }) => lines > LONG).length,
        },
      ];
    }),
  ),
);
console.log(`exports of src/contracts: ${exportsOf('src/contracts/index.ts').length}`);

/** The names that an index exports. For `export *`, it reads the names in that file. */
function exportsOf(file) {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const listed = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names]) => names.split(','));
  const declared = [
    ...text.matchAll(/^export (?:abstract )?(?:async )?(?:const|function|class|interface|type) (\w+)/gm),
  ].map(([, name]) => name);
  const starred = [...text.matchAll(/export \* from '([^']+)'/g)].flatMap(([, from]) =>
    exportsOf(path.posix.join(path.posix.dirname(file), `${from}.ts`)),
  );
  const names = [...listed, ...declared, ...starred].map((name) => name.trim()).filter((name) => name !== '');
  return [...new Set(names)];
}
