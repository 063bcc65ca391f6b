import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type * as esbuild from 'esbuild';
import type { FastifyInstance } from 'fastify';

/** The files that pages load. Their paths change with their content. */
export interface Assets {
  readonly cssPath: string;
  readonly scriptPath: string;
  readonly css: string;
  readonly script: string;
}

const CSS = path.join(__dirname, 'console.css');
/** Made by the build of the package. */
const SCRIPT = path.join(__dirname, 'browser.js');
const LIBRARIES_CSS = path.join(__dirname, 'browser.css');
const SCRIPT_SOURCE = path.join(__dirname, '..', 'browser', 'main.ts');

/** Reads the files; from the sources, the script is bundled first. */
export async function loadAssets(): Promise<Assets> {
  const own = await readFile(CSS, 'utf8');
  const { script, ofLibraries } = __filename.endsWith('.ts') ? await bundled() : await built();
  // The console's own rules win.
  const css = `${ofLibraries}\n${own}`;
  return { css, script, cssPath: pathOf(css, 'console.css'), scriptPath: pathOf(script, 'console.js') };
}

/** What the browser runs, and the styles of the libraries that it uses. */
interface Bundle {
  readonly script: string;
  readonly ofLibraries: string;
}

async function built(): Promise<Bundle> {
  return { script: await readFile(SCRIPT, 'utf8'), ofLibraries: await readFile(LIBRARIES_CSS, 'utf8') };
}

async function bundled(): Promise<Bundle> {
  const { outputFiles } = await bundler().build({
    entryPoints: [SCRIPT_SOURCE],
    outfile: 'browser.js',
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    format: 'iife',
  });
  const textOf = (ending: string) => outputFiles.find(({ path: name }) => name.endsWith(ending))?.text ?? '';
  return { script: textOf('.js'), ofLibraries: textOf('.css') };
}

function bundler(): typeof esbuild {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only the sources need it: the package does not have it
  return require('esbuild') as typeof esbuild;
}

function pathOf(content: string, name: string): string {
  return `/assets/${createHash('sha256').update(content).digest('hex').slice(0, 16)}/${name}`;
}

/** A year: another content has another path. */
const FOR_GOOD = 'public, max-age=31536000, immutable';

export function assetRoutes(app: FastifyInstance, { css, cssPath, script, scriptPath }: Assets): void {
  app.get(cssPath, (_request, reply) => reply.header('cache-control', FOR_GOOD).type('text/css').send(css));
  app.get(scriptPath, (_request, reply) =>
    reply.header('cache-control', FOR_GOOD).type('text/javascript').send(script),
  );
}
