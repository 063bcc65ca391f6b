import path from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';
import type { Database } from '../../adapters/postgres';
import { connectDatabase, databaseIsUp, databaseIsWritable } from '../../adapters/postgres';
import type { Registry } from 'prom-client';
import {
  providerMetrics,
  reconciliationMetrics,
  stepMetrics,
  workflowSinks,
} from '../../adapters/prometheus';
import type { DeploymentVersion } from '../../adapters/temporal';
import { awaitTemporal, createTemporalClient, dataConverterOf, temporalIsUp } from '../../adapters/temporal';
import type { Log } from '../../contracts';
import { InvalidConfigError } from '../../contracts';
import { createOccurrenceActivities, settingsActivity } from '../../effects';
import type { Config } from '../../config';
import { isOfController } from '../../config';
import { openPersonalData } from '../../security/personal';
import type { LoadedApp, Pool, PoolParts } from '../app';
import { activityProblems } from '../app/problems';
import { CONCURRENT_ACTIVITIES, TASK_POLLS } from '../concurrency';
import { settingsIn } from '../config';
import { tellFindings } from '../findings';
import { placedActivities } from '../placement';
import type { Role } from '../role';
import { databaseAddress, temporalSettings } from '../settings';
import { untraced } from '../../tracing';
import { workerVersionOf } from '../version';
import { bundleOf, workflowBundle } from '../workflows/code';
import { assertExported } from '../workflows/exports';
import { createWorker } from '../workflows/threads';
import { missingActivity } from './missing-activity';
import { watchServedVersion } from './served-version';
import { stepTrace } from './step-trace';
import { installTemporalRuntime } from './temporal-runtime';
import { connectWorker, followCredentials } from './worker-connection';
import { followWorkerPauses } from './worker-pauses';

/** After a stop, running activities get this long to finish; each attempt has ten seconds. */
const GRACE = '10 seconds';

/** The role of a worker of one pool. */
export function workerOf(poolName: string, pool: Pool): Role {
  return async ({ app, config, registry, tracing = untraced, log }) => {
    const readSdkMetrics = await installTemporalRuntime(`worker:${poolName}`, log);
    const parts = { settingsOf: settingsIn(config), registry, log };
    const settings = temporalSettings(config, app, log);
    const { taskQueue, workflows } = pool;
    const hasWorkflows = workflows !== undefined;
    const version = workerVersionOf(app, poolName, pool, config);
    if (hasWorkflows && bundleOf(path.resolve(app.root, workflows)) === undefined)
      assertExported(app, poolName, pool, path.resolve(app.root, workflows));
    const name = `sagaline-${taskQueue}`;
    const database = connectDatabase({
      url: databaseAddress(config),
      poolSize: config.DATABASE_POOL_SIZE,
      name,
      log,
    });
    const personal = openPersonalData(config.PERSONAL_DATA_KEYS_FILE, database, log);
    const perSecond = config.activitiesPerSecond[poolName];
    const addresses = Object.fromEntries(
      Object.entries(config.providers).map(([provider, { url }]) => [provider, url]),
    );
    const endProviderMetrics = providerMetrics(registry, addresses);
    const client = createTemporalClient(settings);
    await awaitTemporal(client, settings, { log });
    const opened = await connectWorker(settings, log);
    const partsOf = (of: Pool): PoolParts => ({
      settings: settingsIn(config)(of.domain),
      database,
      personal,
      temporal: client,
      registry,
      log,
      provider: providerIn(config, poolName),
      report: reportIn(app, of, registry, log),
    });
    const engines = hasWorkflows ? enginesActivities(settingsIn(config)(pool.domain), database) : {};
    const own: object = pool.activities(partsOf(pool));
    const taken = { ...engines, ...own };
    const placed = placedActivities(app, [poolName, pool], taken, (home) => home.activities(partsOf(home)));
    const problems = [...activityProblems(app, poolName, pool, own), ...placed.problems];
    if (problems.length > 0) throw new InvalidConfigError(problems);
    const has = { ...own, ...placed.activities };
    const activities = { default: missingActivity(poolName, has, log), ...engines, ...has };
    const pauses = followWorkerPauses({
      ...{ client, database, log },
      ...{ pool: { pool: poolName, taskQueue }, providers: addresses },
    });
    const options: WorkerOptions = {
      connection: opened.connection,
      namespace: settings.namespace,
      taskQueue,
      dataConverter: dataConverterOf(settings),
      activities,
      ...(hasWorkflows
        ? {
            workflowBundle: await workflowBundle(app, path.resolve(app.root, workflows)),
            sinks: { ...app.workers?.sinks?.(parts), ...workflowSinks(registry) },
          }
        : {}),
      // A bundle contains the interceptors of its workflows.
      interceptors: {
        activity: [
          stepTrace(tracing),
          stepMetrics(registry),
          ...pauses.interceptors,
          ...(app.workers?.activityInterceptors?.(parts) ?? []),
        ],
      },
      maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
      maxConcurrentActivityTaskPolls: TASK_POLLS,
      maxConcurrentWorkflowTaskPolls: TASK_POLLS,
      ...(perSecond === undefined ? {} : { maxTaskQueueActivitiesPerSecond: perSecond }),
      shutdownGraceTime: GRACE,
      ...deploymentOptions(version),
    };
    const worker = await createWorker(options, { promiseTraces: config.WORKFLOW_PROMISE_TRACES });
    const credentials = followCredentials(worker, { settings, opened, log });
    const running = worker.run();
    log.info({ taskQueue, ...version, perSecond: perSecond ?? 'unlimited' }, 'the worker polls');

    const served = { poolName, taskQueue, hasWorkflows, version, ofController: isOfController(config), log };
    const servedVersion = watchServedVersion(client, served);
    return {
      checks: {
        worker: () => worker.getState() === 'RUNNING',
        temporal: () => temporalIsUp(client),
        postgres: () => databaseIsUp(database),
        'postgres-writable': () => databaseIsWritable(database),
        switches: () => pauses.isKnown(),
        'current-version': () => servedVersion.isReady(),
      },
      degraded: () => ({ ...pauses.degraded(), ...servedVersion.degraded() }),
      metrics: readSdkMetrics,
      failed: running.then(() => {
        throw new Error('the worker has stopped');
      }),
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await running.catch(() => undefined);
        await servedVersion.stop();
        pauses.stop();
        await credentials.stop();
        await client.connection.close();
        await database.end();
        endProviderMetrics();
      },
    };
  };
}

/**
 * Versioning of a workflow that does not set its own: it continues with the newest code, as it would without versions. A deploy
 * that does not fit its history is then the author's mistake, and `npm run replay` finds it. The opposite default would leave a
 * workflow that no worker runs once its version has gone, and no check finds that.
 */
const UNSAID = 'AUTO_UPGRADE';

export function deploymentOptions({
  deployment,
  buildId,
}: DeploymentVersion): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === undefined) return {};
  const version = { deploymentName: deployment, buildId };
  return {
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: UNSAID },
  };
}

/** Activities that workflows of every pool may call. */
function enginesActivities(settings: object, database: Database): object {
  return { ...settingsActivity(settings), ...createOccurrenceActivities(database) };
}

/** Only the providers that the pool lists: the process has not read the settings of the others. */
function providerIn(config: Config, poolName: string): PoolParts['provider'] {
  return (name) => {
    const settings = config.providers[name];
    if (!settings) throw new Error(`the pool "${poolName}" does not list the provider "${name}"`);
    return settings;
  };
}

/** The pool that runs a reconciliation exports its metrics from the start of the worker. */
function reportIn(
  { domains }: LoadedApp,
  { taskQueue }: Pool,
  registry: Registry,
  log: Log,
): PoolParts['report'] {
  if (domains.some(({ reconciliation }) => reconciliation?.check.taskQueue === taskQueue))
    return tellFindings(reconciliationMetrics(registry), log);
  return () => {
    throw new Error(`no domain has a reconciliation on the task queue "${taskQueue}"`);
  };
}
