// A workflow whose tasks fail stands in no state of its own: only Temporal knows that it cannot go on.
import type { Client } from '@temporalio/client';
import { failingWorkflowTask, lookForStruggles, WORKFLOW_TASK } from '../../../src/adapters/temporal';
import { testTemporal } from '../../support/bridge';
import { newKey } from '../../support/ping/events';
import { PING_QUEUE } from '../../support/ping/names';
import { startPingWorker } from '../../support/ping/worker';
import { until } from '../../support/until';

/** The server counts five attempts, at ever longer pauses. */
const LISTED_MS = 45_000;

jest.setTimeout(60_000);

let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;

beforeAll(async () => {
  temporal = testTemporal();
  worker = await startPingWorker();
});
afterAll(async () => {
  await worker.stop();
  await temporal.connection.close();
});

const failingTasks = async () =>
  (await lookForStruggles(temporal, [failingWorkflowTask], { atMost: 1_000 })).struggles;
const start = (workflowId: string, sound: boolean) =>
  temporal.workflow.start('broken', { workflowId, taskQueue: PING_QUEUE, args: [{ sound }] });

test('it is listed with its attempts and the cause, and one that goes on is not', async () => {
  const [failing, sound] = [`broken-${newKey()}`, `sound-${newKey()}`];
  const handles = await Promise.all([start(failing, false), start(sound, true)]);
  const listed = await until(
    'the workflow in the list, with its cause',
    async () =>
      (await failingTasks()).find(
        ({ saga, lastFailure }) => saga.workflowId === failing && lastFailure !== '',
      ),
    LISTED_MS,
  );
  expect(listed).toMatchObject({
    saga: { workflow: 'broken', status: 'RUNNING' },
    step: WORKFLOW_TASK,
    lastFailure: 'WorkflowWorkerUnhandledFailure',
  });
  expect(listed.attempts).toBeGreaterThan(1);
  expect(listed.since.getTime()).toBeLessThanOrEqual(Date.now());
  const all = await failingTasks();
  expect(all.map(({ saga }) => saga.workflowId)).not.toContain(sound);
  await Promise.all(handles.map((handle) => handle.terminate()));
});
