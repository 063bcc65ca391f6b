import { existsSync } from 'node:fs';
import path from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';

/** What `scripts/build.mjs` leaves in place of the workflows' sources. */
const BUNDLE = 'bundle.js';

/** The file with the bundle that the build has made of the workflows; `undefined` where they are sources. */
export function bundleOf(workflowsPath: string): string | undefined {
  const codePath = path.join(workflowsPath, BUNDLE);
  return existsSync(codePath) ? codePath : undefined;
}

/**
 * The workflows of a pool, for its worker: the bundle that the build has made of them, or, when the pool runs from the
 * sources, these, which the worker then bundles at its start (some seconds, and a hundred megabytes for webpack).
 */
export function workflowCode(
  workflowsPath: string,
): Pick<WorkerOptions, 'workflowBundle'> | Pick<WorkerOptions, 'workflowsPath'> {
  const codePath = bundleOf(workflowsPath);
  return codePath === undefined ? { workflowsPath } : { workflowBundle: { codePath } };
}
