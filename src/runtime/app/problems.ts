import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { ENGINE_SETTINGS } from '../../config';
import type { DeadLetterActivities } from '../../effects';
import { effectMigrations } from '../../effects/migrations';
import { databaseAccessProblems } from './database-access';
import type { LoadedApp, Pool } from '.';
import { placementProblems } from '../placement';
import { bundleOf, interceptorModules } from '../workflows/code';
import { appShapeProblems } from './shape';

/** Names of pools are parts of process names, task queues and settings. */
const POOL_NAME = /^[a-z][a-z0-9-]*$/;
const POOL_NAME_LENGTH = 50;
/** Part of `sagaline.migrations_<name>`: PostgreSQL cuts longer names off, and two sets would share a table. */
const MIGRATIONS_NAME_LENGTH = 50;
const MIGRATIONS_NAME = new RegExp(`^[A-Za-z][A-Za-z0-9_-]{0,${MIGRATIONS_NAME_LENGTH - 1}}$`);
const DEAD_LETTERING_STEP = 'deadLetterEvents' satisfies keyof DeadLetterActivities;
/** Processes of the engine itself. */
const ROLES = ['gateway', 'bridge', 'subscriber', 'relay', 'console', 'codec-server'];

/** Everything that is contradictory or missing in the configuration of a deployment, each with its remedy. */
export function appProblems(app: LoadedApp): string[] {
  const shapes = appShapeProblems(app);
  if (shapes.length > 0) return shapes;
  return [
    ...settingProblems(app),
    ...poolProblems(app),
    ...taskQueueProblems(app),
    ...placementProblems(app),
    ...migrationProblems(app),
    ...databaseAccessProblems(app),
    ...roleProblems(app),
    ...interceptorProblems(app),
  ];
}

/** Settings that two owners declare. */
function settingProblems({ domains, dev }: LoadedApp): string[] {
  const owners = new Map<string, string>(ENGINE_SETTINGS.map((name) => [name, 'the engine']));
  const shapes = [
    ...domains.map(({ name, settings }) => [`domain "${name}"`, settings] as const),
    ...Object.entries(dev?.roles ?? {}).map(([name, { settings }]) => [`role "${name}"`, settings] as const),
  ];
  const problems: string[] = [];
  for (const [owner, settings] of shapes) {
    for (const setting of Object.keys(settings?.shape ?? {})) {
      const other = owners.get(setting);
      if (other === undefined) owners.set(setting, owner);
      else problems.push(`the setting ${setting} of ${owner} is one of ${other} already; rename it`);
    }
  }
  return problems;
}

function poolProblems({ root, domains, pools }: LoadedApp): string[] {
  return Object.entries(pools).flatMap(([name, { domain, workflows }]) => {
    const problems: string[] = [];
    if (!POOL_NAME.test(name) || name.length > POOL_NAME_LENGTH)
      problems.push(
        `pool "${name}": its name must be 1 to ${POOL_NAME_LENGTH} lower-case letters, digits and "-"`,
      );
    if (!domains.includes(domain))
      problems.push(`pool "${name}": its domain "${domain.name}" is not in domains; add it there`);
    if (workflows !== undefined) problems.push(...workflowsProblems(name, root, workflows));
    return problems;
  });
}

function workflowsProblems(pool: string, root: string, workflows: string): string[] {
  const folder = path.resolve(root, workflows);
  if (isOutside(root, folder))
    return [`pool "${pool}": workflows "${workflows}" leaves the project; keep them in ${root}`];
  const isThere =
    bundleOf(folder) ?? ['index.ts', 'index.js'].find((file) => existsSync(path.join(folder, file)));
  if (isThere !== undefined) return [];
  return [`pool "${pool}": there is no index.ts in ${folder}; export its workflows there`];
}

/** Whether a folder is not in the project's. The build copies what is in it. */
function isOutside(root: string, folder: string): boolean {
  const below = path.relative(root, folder);
  return below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below);
}

/** Workflows whose task queue no pool polls, and task queues of more than one pool. */
function taskQueueProblems({ domains, pools }: LoadedApp): string[] {
  const named = Object.entries(pools);
  const served = new Map(named.map(([name, pool]) => [pool.taskQueue, { name, pool }]));
  const shared = named
    .filter(([name, { taskQueue }]) => served.get(taskQueue)?.name !== name)
    .map(([name, { taskQueue }]) => `pool "${name}": the task queue "${taskQueue}" is that of another pool`);
  const unserved = domains.flatMap(({ workflows }) =>
    workflows.flatMap(({ name, taskQueue }) => {
      if (served.get(taskQueue)?.pool.workflows !== undefined) return [];
      return [`workflow "${name}": no pool with workflows has its task queue "${taskQueue}"`];
    }),
  );
  return [...shared, ...unserved];
}

/**
 * Finds activities that a worker could not run, and recurring processes on a pool that lacks the activity with which an occurrence dead-letters its left-over events.
 *
 * @param activities of the pool, as a worker is about to run them
 */
export function activityProblems(
  { domains }: LoadedApp,
  poolName: string,
  { taskQueue }: Pool,
  activities: unknown,
): string[] {
  if (!isPlainObject(activities))
    return [
      `pool "${poolName}": its activities must be an object of functions, and no promise and no instance of a class; make them without \`await\`, and name each: { openTicket, closeTicket }`,
    ];
  const others = Object.entries(activities).filter(([, activity]) => typeof activity !== 'function');
  if (others.length > 0)
    return others.map(
      ([name, activity]) =>
        `pool "${poolName}": its activity "${name}" must be a function; it is of type ${typeof activity}`,
    );
  if (DEAD_LETTERING_STEP in activities) return [];
  return domains
    .flatMap(({ workflows }) => workflows)
    .filter((workflow) => workflow.taskQueue === taskQueue && !workflow.batches && workflow.recurs === true)
    .map(
      ({ name }) =>
        `pool "${poolName}": its workflow "${name}" recurs; add \`...createDeadLetterActivities(database)\` to its activities`,
    );
}

/** A worker takes the own members of an object: a promise and most instances of classes have none. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function migrationProblems({ root, migrations = {} }: LoadedApp): string[] {
  const owners = new Map<string, string>();
  return Object.entries(migrations).flatMap(([name, given]) => {
    const folder = path.resolve(root, given);
    if (name === effectMigrations.name)
      return [`migrations "${name}": the engine's own have this name; rename them`];
    const owner = owners.get(folder);
    if (owner !== undefined)
      return [`migrations "${name}": ${folder} has those of "${owner}"; each has a folder of its own`];
    owners.set(folder, name);
    if (!MIGRATIONS_NAME.test(name))
      return [
        `migrations "${name}": the name must be 1 to ${MIGRATIONS_NAME_LENGTH} letters, digits, "_" and "-", and begin with a letter; it is part of a table's name`,
      ];
    if (isOutside(root, folder) || folder === root)
      return [
        `migrations "${name}": "${given}" is no folder within the project; keep them in one within ${root}`,
      ];
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return [];
    return [
      `migrations "${name}": there is no folder ${folder}; make it, or take the line out of migrations`,
    ];
  });
}

/** Interceptor modules that do not exist. In a build they are within the bundles of the pools. */
function interceptorProblems({ root, pools, workers }: LoadedApp): string[] {
  const folders = Object.values(pools).flatMap(({ workflows }) => workflows ?? []);
  if (folders.every((folder) => bundleOf(path.resolve(root, folder)) !== undefined)) return [];
  return interceptorModules({ root, workers })
    .filter((file) => !existsSync(file))
    .map((file) => `workers.workflowInterceptors: there is no file ${file}; export \`interceptors\` there`);
}

function roleProblems({ dev }: LoadedApp): string[] {
  return Object.keys(dev?.roles ?? {})
    .filter((name) => ROLES.includes(name) || name.startsWith('worker:'))
    .map((name) => `dev.roles "${name}": the engine has a process of this name; rename it`);
}
