import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Role } from '../../src/runtime/role';
import { WAITING_QUEUE } from '../workloads/names';

const SLOTS = 10;
const WAIT_MS = 1_000;

/** A worker whose activities only wait: as many at once as it has slots. */
export const waiting: Role = async ({ config }) => {
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: WAITING_QUEUE,
    activities: { wait: () => sleep(WAIT_MS) },
    maxConcurrentActivityTaskExecutions: SLOTS,
  });
  const running = worker.run();
  return {
    checks: { worker: () => worker.getState() === 'RUNNING' },
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
};
