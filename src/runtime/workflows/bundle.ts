import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type * as WorkerPackage from '@temporalio/worker';
import type { BundleOptions } from '@temporalio/worker';
import { runsFromSources, SOURCES } from '../sources';

/** How workflows are bundled: in the engine's own repository they import the engine's sources. */
export const bundling: Pick<BundleOptions, 'webpackConfigHook'> = runsFromSources
  ? {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, conditionNames: [SOURCES, '...'] },
      }),
    }
  : {};

const sagaModule = (name: string) =>
  path.resolve(__dirname, '../../saga', `${name}${path.extname(__filename)}`);

/** The module of the converter that encodes failures. Bundles always have it; processes, only with a codec. */
export const FAILURE_CONVERTER = sagaModule('failure-converter');
/** Keeps what the codec refuses from workflows. It precedes the interceptors of the project. */
const SEALING = sagaModule('sealing');

/** What a bundle is made of. */
export interface BundleSources {
  /** Folder or file of the workflows, absolute. */
  readonly workflowsPath: string;
  /** Modules of the project's workflow interceptors, absolute. */
  readonly workflowInterceptorModules?: string[];
}

/** A file that webpack has read, or, without `changed`, has looked for in vain. */
type Dependency = readonly [file: string, changed?: string];

/** A bundle with the files that it depends on. */
interface Kept {
  readonly dependencies: readonly Dependency[];
  readonly code: string;
}

const quiet = () => undefined;
const loud = (message: string) => void process.stderr.write(`${message}\n`);
const onlyProblems = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: loud, error: loud };

/**
 * Bundles workflows, which takes webpack some seconds and a hundred megabytes. The bundle is kept in `node_modules/.cache`: until a
 * file changes that it was made of, it is read from there in some ten milliseconds.
 *
 * @throws Error when the workflows cannot be bundled; webpack's messages are on the standard error
 */
export async function bundleWorkflows(sources: BundleSources): Promise<{ readonly code: string }> {
  const file = keptFileOf(sources);
  const kept = file === undefined ? undefined : read(file);
  if (kept?.dependencies.every(isUnchanged)) return kept;
  const made = await bundle(sources);
  if (file !== undefined) keep(file, made);
  return made;
}

async function bundle({ workflowsPath, workflowInterceptorModules = [] }: BundleSources): Promise<Kept> {
  let dependencies: Dependency[] = [];
  const { code } = await workerPackage().bundleWorkflowCode({
    ...bundling,
    workflowsPath,
    workflowInterceptorModules: [SEALING, ...workflowInterceptorModules],
    failureConverterPath: FAILURE_CONVERTER,
    logger: onlyProblems,
    webpackConfigHook: (given) => {
      const { plugins = [], ...config } = bundling.webpackConfigHook?.(given) ?? given;
      return {
        ...config,
        plugins: [
          ...plugins,
          (compiler) => {
            compiler.hooks.done.tap('sagaline', ({ compilation }) => {
              const files = [...compilation.fileDependencies, ...compilation.missingDependencies];
              dependencies = files.map(dependencyOf);
            });
          },
        ],
      };
    },
  });
  return { code, dependencies };
}

function dependencyOf(file: string): Dependency {
  const changed = changedOf(file);
  return changed === undefined ? [file] : [file, changed];
}

/** Changes whenever the file does; `undefined` for what is no file. */
function changedOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? `${stats.mtimeMs} ${stats.size}` : undefined;
}

function isUnchanged([file, changed]: Dependency): boolean {
  return changedOf(file) === changed;
}

/** The file that keeps a bundle, in the nearest folder of packages; `undefined` without one. */
function keptFileOf(sources: BundleSources): string | undefined {
  const packages = packagesAbove(sources.workflowsPath);
  if (packages === undefined) return undefined;
  const madeWith = [sources, String(bundling.webpackConfigHook), versionOfWorkerPackage(), SEALING];
  const hash = createHash('sha256').update(JSON.stringify(madeWith)).digest('hex');
  return path.join(packages, '.cache', 'sagaline', `bundle-${hash}.json`);
}

function packagesAbove(file: string): string | undefined {
  const folder = path.dirname(file);
  if (folder === file) return undefined;
  const packages = path.join(folder, 'node_modules');
  return existsSync(packages) ? packages : packagesAbove(folder);
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    // There is none, or its file is damaged: it is made again.
    return undefined;
  }
}

/** Written beside and renamed: several processes may start at once. */
function keep(file: string, bundle: Kept): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(unfinished, JSON.stringify(bundle));
    renameSync(unfinished, file);
  } catch {
    // The packages are read-only: the next process bundles again.
  }
}

function versionOfWorkerPackage(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- JSON of a package, found from here
  return (require('@temporalio/worker/package.json') as { version: string }).version;
}

/** Loaded on demand: it loads the native core of Temporal's SDK, and webpack. */
function workerPackage(): typeof WorkerPackage {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('@temporalio/worker') as typeof WorkerPackage;
}
