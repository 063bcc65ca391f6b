import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';
import type { LoadedApp } from '../app';
import { runsFromSources, SOURCES } from '../sources';

/** File that `sagaline build` puts in the place of the workflows' sources. */
export const BUNDLE = 'bundle.js';

/** Path of the bundle that the build has made of the workflows; `undefined` if the folder has sources. */
export function bundleOf(folder: string): string | undefined {
  const codePath = path.join(folder, BUNDLE);
  return existsSync(codePath) ? codePath : undefined;
}

const sagaModule = (name: string) =>
  path.resolve(__dirname, '../../saga', `${name}${path.extname(__filename)}`);

/** The module of the converter that encodes failures. Bundles always have it; processes, only with a codec. */
export const FAILURE_CONVERTER = sagaModule('failure-converter');
/** Keeps what the codec refuses from workflows. It precedes the interceptors of the project. */
const SEALING = sagaModule('sealing');

/** How workflows are bundled: in the engine's own repository they import the engine's sources. */
export const bundling: Pick<BundleOptions, 'webpackConfigHook'> = runsFromSources
  ? {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, conditionNames: [SOURCES, '...'] },
      }),
    }
  : {};

/** The modules of workflow interceptors, for every bundle of a pool's workflows: the engine's, then the project's. */
export function interceptorModules({
  root,
  workers,
}: {
  root: string;
  workers?: LoadedApp['workers'] | undefined;
}): string[] {
  return [SEALING, ...(workers?.workflowInterceptors ?? []).map((module) => path.resolve(root, module))];
}

/** What every bundle has that is not made by a worker at its start. */
export function bundleParts(app: Parameters<typeof interceptorModules>[0]) {
  return {
    ...bundling,
    workflowInterceptorModules: interceptorModules(app),
    failureConverterPath: FAILURE_CONVERTER,
  } satisfies Partial<BundleOptions>;
}

/** The folders with workflows, and the pool that runs each. */
export function workflowFolders({ root, pools }: LoadedApp): { pool: string; folder: string }[] {
  return Object.entries(pools).flatMap(([pool, { workflows }]) =>
    workflows === undefined ? [] : [{ pool, folder: path.resolve(root, workflows) }],
  );
}

/**
 * The workflows of a pool, for its worker: the bundle of the build, or the sources. From the sources the worker makes the bundle
 * at its start, which takes some seconds and a hundred megabytes for webpack.
 */
export function workflowCode(
  folder: string,
): Pick<WorkerOptions, 'workflowBundle'> | Pick<WorkerOptions, 'workflowsPath' | 'bundlerOptions'> {
  const codePath = bundleOf(folder);
  return codePath === undefined
    ? { workflowsPath: folder, bundlerOptions: bundling }
    : { workflowBundle: { codePath } };
}
