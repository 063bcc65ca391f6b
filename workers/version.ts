import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DeploymentVersion } from '../src/adapters/temporal';
import type { Config } from '../src/config';
import { InvalidConfigError } from '../src/config';
import type { Pool } from './pools';
import { pools } from './pools';
import { bundleOf } from './workflow-code';

/** Of code that is run where it is written: whatever lies in the folder. */
const UNDER_DEVELOPMENT = 'development';
const HASH_LENGTH = 12;

/** The deployment of a pool; unique in its namespace, where others may have deployments of their own. */
export function deploymentOf(poolName: string): string {
  return `sagaline-${poolName}`;
}

/**
 * The version that a worker of this pool has, started from this folder with this configuration; the same in all its
 * processes. `BUILD_ID` says it. Otherwise:
 *
 * - A pool with workflows, built: the package's version and the hash of the bundle. Two builds have the same version if, and
 *   only if, they replay each other's histories for sure.
 * - The same, run from the sources: `development`, however they change. A restart goes on with what is open, on the code
 *   that is there now; a hash would leave it to a version that nobody can start any more.
 * - A pool of activities: the package's version. Activities have no history, so nothing is bound to their version.
 *
 * @throws InvalidConfigError in production from the sources, of which two machines may have different ones
 */
export function versionOf(
  poolName: string,
  pool: Pick<Pool, 'taskQueue' | 'workflowsPath'>,
  config: Pick<Config, 'BUILD_ID' | 'NODE_ENV' | 'WORKER_VERSIONING'>,
): DeploymentVersion {
  const deployment = deploymentOf(poolName);
  if (config.WORKER_VERSIONING === 'off') return { deployment, buildId: undefined };
  return { deployment, buildId: config.BUILD_ID ?? buildIdOf(pool, config) };
}

/** All pools, in the versions that their workers have when they are started from this folder. */
export function workerPools(
  config: Parameters<typeof versionOf>[2],
): { pool: string; taskQueue: string; hasWorkflows: boolean; version: DeploymentVersion }[] {
  return Object.entries<Pool>(pools).map(([name, pool]) => ({
    pool: name,
    taskQueue: pool.taskQueue,
    hasWorkflows: pool.workflowsPath !== undefined,
    version: versionOf(name, pool, config),
  }));
}

function buildIdOf(
  { workflowsPath }: Pick<Pool, 'workflowsPath'>,
  { NODE_ENV }: Pick<Config, 'NODE_ENV'>,
): string {
  if (workflowsPath === undefined) return packageVersion();
  const bundle = bundleOf(workflowsPath);
  if (bundle !== undefined) {
    const hash = createHash('sha256').update(readFileSync(bundle)).digest('hex');
    return `${packageVersion()}-${hash.slice(0, HASH_LENGTH)}`;
  }
  if (NODE_ENV === 'production') {
    throw new InvalidConfigError([
      'BUILD_ID is missing: workflows that run from their sources have no version of their own',
    ]);
  }
  return UNDER_DEVELOPMENT;
}

/** From the sources it is one folder up, from `dist` two. */
function packageVersion(): string {
  const file = ['..', '../..'].map((up) => path.join(__dirname, up, 'package.json')).find(existsSync);
  if (file === undefined) throw new Error('there is no package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
