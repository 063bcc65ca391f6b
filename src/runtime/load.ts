import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvalidConfigError } from '../config';
import type { App, LoadedApp } from './app';
import { appProblems } from './app/problems';
import { loadTypeScript } from './typescript';

/** The sources, then what `sagaline build` makes of them. `.mts` and `.mjs` are ES modules whatever package.json says. */
const NAMES = [
  'sagaline.config.ts',
  'sagaline.config.mts',
  'sagaline.config.js',
  'sagaline.config.mjs',
  'build/sagaline.config.js',
  'build/sagaline.config.mjs',
];

const ENGINE = path.resolve(__dirname, '../..');
/** In its own repository the engine is part of the project. A reload leaves these folders as they were loaded. */
const ENGINE_FOLDERS = ['src', 'dist'].map((folder) => path.join(ENGINE, folder));

/** The configuration file of a project, or `undefined`. */
export function findConfig(folder: string): string | undefined {
  return NAMES.map((name) => path.join(folder, name)).find((file) => existsSync(file));
}

/**
 * Loads the project of a folder.
 *
 * @param file the configuration file, if it is not the folder's `sagaline.config.ts`
 * @throws InvalidConfigError when there is no such file, it does not load, or it contradicts itself
 * @example
 * const { domains } = loadApp(path.resolve('my-project'));
 */
export function loadApp(folder = process.cwd(), file = findConfig(folder)): LoadedApp {
  if (file === undefined || !existsSync(file)) {
    const missing = file === undefined ? `no ${NAMES[0] ?? ''} in ${folder}` : `no file ${file}`;
    throw new InvalidConfigError([
      `there is ${missing}; run the command in the folder of your project, or make one with "npx sagaline init"`,
    ]);
  }
  const app = exportedBy(file);
  const loaded = { ...app, root: path.dirname(path.resolve(file)), file: path.resolve(file) };
  const problems = appProblems(loaded);
  if (problems.length > 0) throw new InvalidConfigError(problems.map((line) => `${file}: ${line}`));
  return loaded;
}

/**
 * Loads a project again, after its files have changed.
 *
 * @throws InvalidConfigError as `loadApp`
 */
export function reloadApp({ root, file }: LoadedApp): LoadedApp {
  for (const loaded of Object.keys(require.cache)) {
    if (isIn(root, loaded) && !ENGINE_FOLDERS.some((folder) => isIn(folder, loaded)))
      Reflect.deleteProperty(require.cache, loaded);
  }
  return loadApp(root, file);
}

function isIn(folder: string, file: string): boolean {
  return file.startsWith(folder + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);
}

function exportedBy(file: string): App {
  loadTypeScript(file);
  let exported: { readonly default?: { readonly [Part in keyof App]?: unknown } };
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- tsx, which loads TypeScript, hooks `require`; an `import()` of a CommonJS build does not go through it
    exported = require(path.resolve(file)) as typeof exported;
  } catch (error) {
    if (error instanceof InvalidConfigError) throw error;
    throw new InvalidConfigError(
      [`${file} cannot be loaded: ${messageOf(error, path.dirname(path.resolve(file)))}`],
      { cause: error },
    );
  }
  const app = exported.default;
  if (!Array.isArray(app?.domains) || typeof app.pools !== 'object' || app.pools === null) {
    throw new InvalidConfigError([
      `${file} has no default export with domains and pools: export default defineConfig({ domains: […], pools: {…} })`,
    ]);
  }
  return app as App;
}

/** @param root folder of the project, whose own files are named */
function messageOf(error: unknown, root: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, requireStack = [] } = error as NodeJS.ErrnoException & { readonly requireStack?: string[] };
  if (code !== 'MODULE_NOT_FOUND') return `${error.message}${placeOf(error, root)}`;
  const [missing = ''] = error.message.split('\n');
  const importedBy = requireStack[0] === undefined ? '' : `, which ${requireStack[0]} imports`;
  const remedy = /'[./]/.test(missing) ? 'correct the import' : 'run npm install, or install this package';
  return `${missing}${importedBy}; ${remedy}`;
}

/** The file of the project in whose code the mistake was found; a longer message has its own places. */
function placeOf({ message, stack = '' }: Error, root: string): string {
  if (message.includes('\n')) return '';
  const frame = stack
    .split('\n')
    .find((line) => line.includes(root + path.sep) && !line.includes(`${path.sep}node_modules${path.sep}`));
  // Without the line: it would be that of the compiled code.
  const [place] = /[^\s()]+(?=:\d+:\d+\)?$)/.exec(frame ?? '') ?? [];
  return place === undefined ? '' : `, in ${place}`;
}
