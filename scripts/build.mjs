// Makes dist/: the package as JavaScript with declarations and source maps, the engine's migrations, and the console's files.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeExportsLazy } from './package/lazy-exports.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
/** Files that code reads from its own folder. */
const READ_AT_RUN_TIME = /\.(sql|css)$/;

rmSync(DIST, { recursive: true, force: true });
try {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
  makeExportsLazy(DIST);
  const files = readdirSync(join(ROOT, 'src'), { recursive: true }).filter((file) =>
    READ_AT_RUN_TIME.test(file),
  );
  for (const file of files) cpSync(join(ROOT, 'src', file), join(DIST, file));
  await build({
    entryPoints: [join(ROOT, 'src', 'console', 'browser', 'main.ts')],
    outfile: join(DIST, 'console', 'assets', 'browser.js'),
    bundle: true,
    minify: true,
    target: 'es2022',
    format: 'iife',
  });
  process.stdout.write(`dist: the package, with ${files.length} files that it reads\n`);
} catch (error) {
  // The compiler has printed its errors.
  if (error.status === undefined) throw error;
  process.exitCode = 1;
}
