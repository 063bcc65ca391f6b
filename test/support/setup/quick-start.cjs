// `node --require quick-start.cjs`: starts processes from the sources in half the time, for tests. The output of tsx for a
// source file, and V8's code cache for any module, are kept in a folder and read the next time. Node 22 has a code cache
// itself (`module.enableCompileCache`); Node 20, where this must run as well, does not. `e2e/cli/process` starts
// without it, as users do.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { setTimeout } = require('node:timers');
const vm = require('node:vm');

const ROOT = path.resolve(__dirname, '../../..');
const FOLDER = path.join(ROOT, 'node_modules/.cache/sagaline-quick-start');
/**
 * The modules of a process that is killed later are kept after this time; a process that ends by itself keeps them at its
 * end.
 */
const KEPT_AFTER_MS = 5_000;

/** A script from the cache cannot call `import()`, whatever loader it is given; these packages do, when they send. */
const IMPORTING = /\/node_modules\/@opentelemetry\//;

/** @param parts everything that the content depends on */
function placeOf(kind, ...parts) {
  const hash = createHash('sha1').update(process.version);
  for (const part of parts) hash.update(part).update('\0');
  return path.join(FOLDER, `${hash.digest('hex')}.${kind}`);
}

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * Other processes read and write at the same time: a file is complete, or not there. A user without write permission has no
 * cache.
 */
function write(file, content) {
  const beside = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(FOLDER, { recursive: true });
    fs.writeFileSync(beside, content);
    fs.renameSync(beside, file);
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
  }
}

Module._extensions['.ts'] = (module, file) => {
  const source = fs.readFileSync(file, 'utf8');
  const place = placeOf('js', file, source);
  const kept = read(place)?.toString();
  const code = kept ?? transformed(file, source);
  if (kept === undefined) write(place, code);
  module._compile(code, file);
};

function transformed(file, source) {
  const { transformSync } = require(require.resolve('esbuild', { paths: [require.resolve('tsx')] }));
  const target = `node${process.versions.node}`;
  return transformSync(source, { loader: 'ts', format: 'cjs', platform: 'node', target, sourcefile: file })
    .code;
}

/** Scripts whose V8 code cache has to be kept. */
const fresh = [];

const compileModule = Module.prototype._compile;
Module.prototype._compile = function compile(code, file, format) {
  // ES modules of packages, which Node itself can require, and other programs, such as npm, are not kept.
  if (format === 'module' || !file.startsWith(ROOT) || IMPORTING.test(file))
    return compileModule.call(this, code, file, format);
  const place = placeOf('v8', file, code);
  const cachedData = read(place);
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const wrapped = Module.wrap(code.replace(/^#!.*/, ''));
  const script = new vm.Script(wrapped, { filename: file, cachedData, importModuleDynamically });
  if (cachedData === undefined || script.cachedDataRejected) fresh.push({ script, place });
  const run = script.runInThisContext();
  const requireHere = Object.assign((id) => this.require(id), {
    resolve: (request, options) => Module._resolveFilename(request, this, false, options),
    main: process.mainModule,
    extensions: Module._extensions,
    cache: Module._cache,
  });
  return run.call(this.exports, this.exports, requireHere, this, file, path.dirname(file));
};

function keep() {
  for (const { script, place } of fresh.splice(0)) write(place, script.createCachedData());
}
process.on('exit', keep);
setTimeout(keep, KEPT_AFTER_MS).unref();

// Replaces tsx's `register`, which the command line calls: the code above does its work.
const load = Module._load;
Module._load = (request, ...rest) =>
  request === 'tsx/cjs/api' ? { register: () => undefined } : load(request, ...rest);
