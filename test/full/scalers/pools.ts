// Workflows, and then their activities, that wait for a worker of one version.
import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createTemporalClient, setCurrentVersion } from '../../../src/adapters/temporal';
import { deploymentOf } from '../../support/deployment-name';
import { createActivities } from './activities';
import type { Expect } from './expect';
import { fails, triggerOf, waits } from './expect';

const WORKFLOWS = 30;
const BUILD_ID = 'scalers-1';
const POLLED_WITHIN_MS = 60_000;
const NAMESPACE = 'default';

export async function expectPools(address: string, expect: Expect): Promise<void> {
  const client = createTemporalClient({ address, namespace: NAMESPACE });
  const connection = await NativeConnection.connect({ address });
  const here = { endpoint: address, workerDeploymentBuildId: BUILD_ID };
  const orders = triggerOf('version/worker-orders', here);
  const inventory = triggerOf('version/worker-inventory', here);
  const other = triggerOf('version/worker-orders', { ...here, workerDeploymentBuildId: 'never-deployed' });
  const running: Running[] = [];
  try {
    // A version is known, and has its queue, when a worker of it has polled.
    for (const pool of ['orders', 'inventory']) {
      const worker = await startWorker(connection, pool);
      const version = { deployment: deploymentOf(pool), buildId: BUILD_ID };
      await setCurrentVersion(client, version, { withinMs: POLLED_WITHIN_MS });
      await worker.stop();
    }
    await expect('orders, before anything has happened', orders, waits(0));
    for (let count = 0; count < WORKFLOWS; count += 1)
      await client.workflow.start('order', { workflowId: randomUUID(), taskQueue: 'orders' });
    await expect(`orders, ${WORKFLOWS} workflows and no worker`, orders, waits(WORKFLOWS));
    await expect('inventory, meanwhile', inventory, waits(0));
    await expect('a version that was never deployed', other, fails);
    running.push(await startWorker(connection, 'orders'));
    await expect('orders, with a worker', orders, waits(0));
    await expect(`inventory, ${WORKFLOWS} activities and no worker`, inventory, waits(WORKFLOWS));
    running.push(await startWorker(connection, 'inventory'));
    await expect('inventory, with a worker', inventory, waits(0));
  } finally {
    await Promise.all(running.map((worker) => worker.stop()));
    await connection.close();
    await client.connection.close();
  }
}

interface Running {
  stop(): Promise<void>;
}

async function startWorker(connection: NativeConnection, pool: string): Promise<Running> {
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACE,
    taskQueue: pool,
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deploymentOf(pool), buildId: BUILD_ID },
      defaultVersioningBehavior: 'PINNED',
    },
    ...(pool === 'orders'
      ? { workflowsPath: require.resolve('./workflow') }
      : { activities: createActivities() }),
  });
  const ended = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await ended;
    },
  };
}
