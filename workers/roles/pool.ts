import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { connectDatabase, databaseIsUp } from '../../src/adapters/postgres';
import type { TemporalSettings } from '../../src/adapters/temporal';
import { createTemporalClient, credentials, temporalIsUp } from '../../src/adapters/temporal';
import type { Log } from '../../src/contracts';
import type { Pool } from '../pools';
import type { Role } from '../role';
import { temporalSettings } from '../settings';
import { workflowCode } from '../workflow-code';

/** After a stop, running activities get this long to finish; each attempt has ten seconds. */
const GRACE = '10 seconds';
/** Of one pool's process. Steps mostly wait for PostgreSQL and for providers. */
const CONCURRENT_ACTIVITIES = 50;

/** A worker of one pool. */
export function workerOf(poolName: string, pool: Pool): Role {
  return async ({ config, registry, log }) => {
    const settings = temporalSettings(config);
    const name = `sagaline-${pool.taskQueue}`;
    const database = connectDatabase({
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      name,
      log,
    });
    const perSecond = config.activitiesPerSecond[poolName];
    const connection = await connectWorker(settings, log);
    const client = createTemporalClient(settings);
    const worker = await Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue: pool.taskQueue,
      activities: pool.activities({ config, database, temporal: client, registry, log }),
      ...(pool.workflowsPath === undefined ? {} : workflowCode(pool.workflowsPath)),
      maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
      ...(perSecond === undefined ? {} : { maxTaskQueueActivitiesPerSecond: perSecond }),
      shutdownGraceTime: GRACE,
    });
    const running = worker.run();
    log.info({ taskQueue: pool.taskQueue, perSecond: perSecond ?? 'unlimited' }, 'the worker polls');

    return {
      checks: {
        worker: () => worker.getState() === 'RUNNING',
        temporal: () => temporalIsUp(client),
        postgres: () => databaseIsUp(database),
      },
      failed: running.then(() => {
        throw new Error('the worker has stopped');
      }),
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await running.catch(() => undefined);
        await connection.close();
        await client.connection.close();
        await database.end();
      },
    };
  };
}

/** Between two looks for a server that is not there yet. */
const LOOK_MS = 1_000;

/** Waits for Temporal, and says so once: a worker may be started before its server. */
async function connectWorker(settings: TemporalSettings, log: Log): Promise<NativeConnection> {
  const { address } = settings;
  for (let attempt = 1; ; attempt++) {
    try {
      return await NativeConnection.connect({ address, ...credentials(settings) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (attempt === 1) log.warn({ address, reason }, 'waiting for Temporal (TEMPORAL_ADDRESS)');
      await sleep(LOOK_MS);
    }
  }
}
