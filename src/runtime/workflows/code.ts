import { existsSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { LoadedApp } from '../app';
import type { BundleSources } from './bundle';
import { bundleWorkflows } from './bundle';

/** File that `sagaline build` puts in the place of the workflows' sources. */
export const BUNDLE = 'bundle.js';

/** Path of the bundle that the build has made of the workflows; `undefined` if the folder has sources. */
export function bundleOf(folder: string): string | undefined {
  const codePath = path.join(folder, BUNDLE);
  return existsSync(codePath) ? codePath : undefined;
}

/** The modules of workflow interceptors, for every bundle of a pool's workflows. */
export function interceptorModules({
  root,
  workers,
}: {
  root: string;
  workers?: LoadedApp['workers'] | undefined;
}): string[] {
  return (workers?.workflowInterceptors ?? []).map((module) => path.resolve(root, module));
}

/** The folders with workflows, and the pool that runs each. */
export function workflowFolders({ root, pools }: LoadedApp): { pool: string; folder: string }[] {
  return Object.entries(pools).flatMap(([pool, { workflows }]) =>
    workflows === undefined ? [] : [{ pool, folder: path.resolve(root, workflows) }],
  );
}

/** The workflows of a pool: the bundle of the build, or a bundle of the sources. */
export async function workflowBundle(
  app: Pick<LoadedApp, 'root' | 'workers'>,
  folder: string,
): Promise<WorkflowBundleOption> {
  const codePath = bundleOf(folder);
  return codePath === undefined ? bundleWorkflows(sourcesOf(app, folder)) : { codePath };
}

/** What the bundle of a folder of workflows is made of. */
export function sourcesOf(app: Pick<LoadedApp, 'root' | 'workers'>, folder: string): BundleSources {
  return { workflowsPath: folder, workflowInterceptorModules: interceptorModules(app) };
}
