// Lets the index files of the sources load a module when one of its names is used first, as those of the package do (adr 67): a process
// of the repository starts with a quarter less processor time.
import { createRequire } from 'node:module';
import { sep } from 'node:path';

const Module = createRequire(import.meta.url)('node:module');

/** How esbuild, in tsx, writes the module of `export { a, b } from './module'`. */
const MODULE = /\bvar (import_\w+)=require\(("[^"]+")\);/g;
const INDEX = `${sep}index.ts`;

/**
 * Call it after tsx's own hook, whose JavaScript this one gets.
 *
 * @param {string} folder of the sources; files of other folders stay as they are
 */
export function makeSourcesLazy(folder) {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (code, file, ...more) {
    const isIndex = file.startsWith(folder) && file.endsWith(INDEX);
    return compile.call(this, isIndex ? withLazyExports(code) : code, file, ...more);
  };
}

/** A module that the file also uses itself stays as it is. */
function withLazyExports(code) {
  return [...code.matchAll(MODULE)].reduce((made, [line, variable, module]) => {
    const uses = code.match(new RegExp(`\\b${variable}\\b`, 'g')).length;
    const name = new RegExp(`:\\(\\)=>${variable}\\.`, 'g');
    const names = code.match(name)?.length ?? 0;
    return names > 0 && uses === names + 1
      ? made.replace(line, '').replace(name, `:()=>require(${module}).`)
      : made;
  }, code);
}
