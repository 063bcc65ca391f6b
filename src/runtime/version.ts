import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DeploymentVersion } from '../adapters/temporal';
import type { Config } from '../config';
import { InvalidConfigError } from '../config';
import type { LoadedApp, Pool } from './app';
import { bundleOf } from './workflows/code';

/** Build id of code that runs from its sources, whatever the folder contains. */
const UNDER_DEVELOPMENT = 'development';
const HASH_LENGTH = 12;

/** The settings that name a pool's deployment and version. */
type VersionSettings = Pick<
  Config,
  | 'BUILD_ID'
  | 'NODE_ENV'
  | 'WORKER_VERSIONING'
  | 'WORKER_DEPLOYMENT_PREFIX'
  | 'TEMPORAL_DEPLOYMENT_NAME'
  | 'TEMPORAL_WORKER_BUILD_ID'
>;

/** Name of a pool's deployment. It is unique in its namespace, where others may have deployments of their own. */
export function deploymentOf(
  poolName: string,
  { WORKER_DEPLOYMENT_PREFIX: prefix }: Pick<Config, 'WORKER_DEPLOYMENT_PREFIX'>,
): string {
  return `${prefix}${poolName}`;
}

/**
 * The version of a pool's workers that start from this folder with this configuration; the same in all processes. In a pod of
 * Temporal's worker controller, the controller sets that of the pod's own pool. Otherwise `BUILD_ID` sets it. Otherwise:
 *
 * - A built pool with workflows: the package's version and the hash of the bundle. Two builds have the same version if, and only
 *   if, it is certain that they replay each other's histories.
 * - A pool with workflows that runs from the sources: `development`, whatever changes in them. A restart continues open workflows
 *   on the present code; a hash would leave them to a version that you cannot start any more.
 * - A pool of activities: the package's version. Activities have no history, so nothing is pinned to their version.
 *
 * @throws InvalidConfigError in production from the sources, because two machines may have different sources
 */
export function versionOf(
  { root }: Pick<LoadedApp, 'root'>,
  poolName: string,
  pool: Pick<Pool, 'workflows'>,
  config: VersionSettings,
): DeploymentVersion {
  const deployment = deploymentOf(poolName, config);
  if (config.WORKER_VERSIONING === 'off') return { deployment, buildId: undefined };
  if (config.TEMPORAL_DEPLOYMENT_NAME === deployment)
    return { deployment, buildId: config.TEMPORAL_WORKER_BUILD_ID };
  return { deployment, buildId: config.BUILD_ID ?? buildIdOf(root, pool, config) };
}

/**
 * The same for a worker that starts.
 *
 * @throws InvalidConfigError if Temporal's worker controller gives another name to the deployment than all other processes do
 */
export function workerVersionOf(...given: Parameters<typeof versionOf>): DeploymentVersion {
  const [, poolName, , config] = given;
  const { TEMPORAL_DEPLOYMENT_NAME: named, WORKER_DEPLOYMENT_PREFIX: prefix } = config;
  const deployment = deploymentOf(poolName, config);
  if (named !== undefined && named !== deployment)
    throw new InvalidConfigError([
      `TEMPORAL_DEPLOYMENT_NAME: the worker controller names this deployment "${named}", and the other processes look for "${deployment}" of the pool ${poolName}, because WORKER_DEPLOYMENT_PREFIX is "${prefix}"; in all processes it must be the Kubernetes namespace and a slash, and the WorkerDeployment must have the name of the pool`,
    ]);
  return versionOf(...given);
}

/** All pools, with the versions of the workers that start from this folder. */
export function workerPools(
  app: LoadedApp,
  config: VersionSettings,
): { pool: string; taskQueue: string; hasWorkflows: boolean; version: DeploymentVersion }[] {
  return Object.entries(app.pools).map(([name, pool]) => ({
    pool: name,
    taskQueue: pool.taskQueue,
    hasWorkflows: pool.workflows !== undefined,
    version: versionOf(app, name, pool, config),
  }));
}

function buildIdOf(
  root: string,
  { workflows }: Pick<Pool, 'workflows'>,
  { NODE_ENV }: Pick<Config, 'NODE_ENV'>,
): string {
  if (workflows === undefined) return packageVersion(root);
  const bundle = bundleOf(path.resolve(root, workflows));
  if (bundle !== undefined) {
    const hash = createHash('sha256').update(readFileSync(bundle)).digest('hex');
    return `${packageVersion(root)}-${hash.slice(0, HASH_LENGTH)}`;
  }
  if (NODE_ENV === 'production') {
    throw new InvalidConfigError([
      'BUILD_ID is missing: workflows that run from their sources have no version of their own; a build has one: "npx sagaline build", then --config build/sagaline.config.js',
    ]);
  }
  return UNDER_DEVELOPMENT;
}

/** Version of the project: from the nearest package.json, from the configuration file upwards. */
function packageVersion(folder: string): string {
  const version = findVersion(folder);
  if (version === undefined)
    throw new InvalidConfigError(['BUILD_ID is missing: no package.json of the project has a version']);
  return version;
}

/** Version of the project, for metrics; `unknown` for a project without one. */
export function projectVersion(folder: string): string {
  return findVersion(folder) ?? 'unknown';
}

function findVersion(folder: string): string | undefined {
  const file = path.join(folder, 'package.json');
  if (existsSync(file)) {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    if (version !== undefined) return version;
  }
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findVersion(parent);
}
