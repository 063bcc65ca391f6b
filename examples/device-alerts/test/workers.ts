import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { bundleOfTests } from 'sagaline/testing';
import { TASK_QUEUES } from '../domain/names';
import type { FakeDevices } from './fakes';
import { deviceActivities } from './fakes';

/** Runs the pools of the devices, with the activities of `deviceActivities` on fakes, while the test runs. */
export async function withWorkers(
  env: TestWorkflowEnvironment,
  fixture: FakeDevices,
  test: () => Promise<void>,
  options: { readonly placed?: boolean } = {},
): Promise<void> {
  const workers = await Promise.all(
    Object.entries(deviceActivities(fixture, options)).map(([taskQueue, activities]) =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        activities,
        ...(taskQueue === TASK_QUEUES.devices ? { workflowBundle: bundleOfTests('devices') } : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  try {
    await test();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
}
