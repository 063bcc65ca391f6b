// A workflow that never gives its thread back, among others on the same worker.
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createWorker } from '../../../../src/runtime/workflows/threads';
import { quietRuntime } from '../../../../src/testing';
import { createTestNamespace } from '../../../support/namespace';
import { pingOf } from '../../../support/ping/tally-driver';
import { PONGED } from '../../../support/ping/names';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

let temporal: { client: Client; address: string; namespace: string };
let connection: NativeConnection;

beforeAll(async () => {
  quietRuntime();
  temporal = await createTestNamespace();
  connection = await NativeConnection.connect({ address: temporal.address });
});
afterAll(async () => {
  await connection.close();
  await temporal.client.connection.close();
});

test.each([
  ['at once', false],
  ['after a promise', true],
])('its task fails with the reason, and the others go on: %s', async (name, later) => {
  const taskQueue = `endless-${String(later)}`;
  const worker = await createWorker(
    {
      ...{ connection, namespace: temporal.namespace, taskQueue },
      ...{ workflowBundle: { codePath: prepared('bundles').ping }, isolateExecutionTimeout: 400 },
    },
    { promiseTraces: 'off' },
  );
  await worker.runUntil(async () => {
    const { workflow } = temporal.client;
    const endless = await workflow.start('endless', { workflowId: name, taskQueue, args: [{ later }] });
    const failed = await until('its task has failed', async () =>
      (await endless.fetchHistory()).events?.find(({ workflowTaskFailedEventAttributes: task }) => task),
    );
    expect(failed.workflowTaskFailedEventAttributes?.failure?.message).toBe(
      'Script execution timed out after 400ms',
    );
    const other = await workflow.signalWithStart('ping', {
      ...{ workflowId: `beside ${name}`, taskQueue, args: [{ key: name }] },
      ...{ signal: PONGED, signalArgs: [{ ...pingOf(name, '1', 'complete'), type: PONGED }] },
    });
    expect(await other.result()).toMatchObject({ state: 'ponged after 0' });
    await endless.terminate();
  });
});
