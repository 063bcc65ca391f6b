// A workflow whose tasks fail stands in no state of its own: only Temporal knows that it cannot go on.
import type { Client } from '@temporalio/client';
import { workflowsWithFailingTasks } from '../../src/adapters/temporal';
import { testTemporal } from '../support/bridge';
import { newKey } from '../support/ping/events';
import { PING_QUEUE } from '../support/ping/names';
import { startPingWorker } from '../support/ping/worker';
import { until } from '../support/until';

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

const start = (workflowId: string, sound: boolean) =>
  temporal.workflow.start('broken', { workflowId, taskQueue: PING_QUEUE, args: [{ sound }] });

test('it is listed with its attempts and the cause, and one that goes on is not', async () => {
  const [failing, sound] = [`broken-${newKey()}`, `sound-${newKey()}`];
  const handles = await Promise.all([start(failing, false), start(sound, true)]);
  const listed = await until(
    'the workflow in the list',
    async () => (await workflowsWithFailingTasks(temporal)).find(({ workflowId }) => workflowId === failing),
    LISTED_MS,
  );
  expect(listed).toMatchObject({
    workflow: 'broken',
    status: 'RUNNING',
    cause: 'WorkflowWorkerUnhandledFailure',
  });
  expect(listed.attempt).toBeGreaterThan(1);
  const all = await workflowsWithFailingTasks(temporal);
  expect(all.map(({ workflowId }) => workflowId)).not.toContain(sound);
  await Promise.all(handles.map((handle) => handle.terminate()));
});
