// Lets the index files of the package load a module when one of its names is used first (adr 67).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How tsc writes the module of `export { a, b } from './module'`. */
const MODULE = /^(?:var|const) (\w+) = require\(("[^"]+")\);$/gm;
/** Node finds the names of a CommonJS file for `import` where tsc declares them, but gives up those whose getter it does not know. */
const HELPER =
  'function lazy(name, get) { Object.defineProperty(exports, name, { enumerable: true, get }); }';

/**
 * Rewrites the re-exports in the JavaScript of a folder, in place. A module that the file also uses itself stays as it is.
 *
 * @param {string} folder with what tsc has made of TypeScript, as CommonJS
 * @returns {number} the files that were changed
 */
export function makeExportsLazy(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  return files.filter((file) => {
    const path = join(folder, file);
    const before = readFileSync(path, 'utf8');
    const after = withLazyExports(before);
    if (after !== before) writeFileSync(path, after);
    return after !== before;
  }).length;
}

/** @param {string} code of one file */
function withLazyExports(code) {
  let made = code;
  for (const [line, variable, module] of code.matchAll(MODULE)) {
    const uses = code.match(new RegExp(`\\b${variable}\\b`, 'g'))?.length ?? 0;
    const name = new RegExp(
      `^Object\\.defineProperty\\(exports, ("\\w+"), \\{ enumerable: true, get: function \\(\\) \\{ return ${variable}\\.(\\w+); \\} \\}\\);$`,
      'gm',
    );
    const names = code.match(name)?.length ?? 0;
    if (names === 0 || uses !== names + 1) continue;
    // The line stays, empty: the source map counts lines.
    made = made.replace(line, '').replace(name, `lazy($1, () => require(${module}).$2);`);
  }
  return made === code ? code : made.replace(/(?=\/\/# sourceMappingURL=.*\s*$)|$/, `${HELPER}\n`);
}
