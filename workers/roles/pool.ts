import { NativeConnection, Worker } from '@temporalio/worker';
import { connectDatabase, databaseIsUp } from '../../src/adapters/postgres';
import { createTemporalClient, credentials, temporalIsUp } from '../../src/adapters/temporal';
import type { Pool } from '../pools';
import type { Role } from '../role';
import { temporalSettings } from '../settings';

/** After a stop, running activities get this long to finish; each attempt has ten seconds. */
const GRACE = '10 seconds';
/** Of one pool's process. Steps mostly wait for PostgreSQL and for providers. */
const CONCURRENT_ACTIVITIES = 50;

/** A worker of one pool. */
export function workerOf(pool: Pool): Role {
  return async ({ config, log }) => {
    const settings = temporalSettings(config);
    const name = `sagaline-${pool.taskQueue}`;
    const database = connectDatabase({
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      name,
      log,
    });
    const connection = await NativeConnection.connect({
      address: settings.address,
      ...credentials(settings),
    });
    const worker = await Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue: pool.taskQueue,
      activities: pool.activities({ config, database }),
      ...(pool.workflowsPath === undefined ? {} : { workflowsPath: pool.workflowsPath }),
      maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
      shutdownGraceTime: GRACE,
    });
    const running = worker.run();
    log.info({ taskQueue: pool.taskQueue }, 'the worker polls');

    const client = createTemporalClient(settings);
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
