import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createOrderActivities } from '../../../activities/shop/orders';
import type { Cost } from '../../../bench/history';
import { costOf } from '../../../bench/history';
import { SAMPLE_QUEUE } from '../../../bench/saga/names';
import type { sampleOrder } from '../../../bench/saga/sample';
import { WORKLOADS_QUEUE } from '../../../bench/workloads/names';
import { workloadActivities } from '../../../bench/workloads/activities';
import type { Workload } from '../../../bench/workloads/round';
import { WORKLOADS } from '../../../bench/workloads/round';
import { orderOf } from '../../../demo/orders';
import { EVENTS } from '../../../domains/shop/names';
import { quietRuntime } from '../../../src/testing';
import { callsIn } from '../../shop/support/order/calls';
import { createTestNamespace } from '../../support/namespace';
import { DEADLINES, startShopWorkers } from '../../shop/support/order/environment';
import { FROM_SOURCES } from '../../support/quick-start';
import { until } from '../../support/until';

// What the benchmarks compare is counted here, where a machine's speed changes nothing: docs/benchmarks.md has these figures.
const ROOT = path.resolve(__dirname, '../../..');
const WAITS_WITHIN_MS = 20_000;
/** Two processes, each with a webpack: some seconds, many times that on a busy machine. */
const BUNDLED_WITHIN_MS = 120_000;

let folder: string;
let client: Client;
let connection: NativeConnection;
let namespace: string;
let sample: { codePath: string };
let workloads: { codePath: string };

beforeAll(async () => {
  quietRuntime();
  folder = await mkdtemp(path.join(tmpdir(), 'sagaline-bench-cost-'));
  const server = await createTestNamespace();
  ({ client, namespace } = server);
  connection = await NativeConnection.connect({ address: server.address });
  [sample, workloads] = await Promise.all([
    bundled('bench/saga/sample/index.ts'),
    bundled('bench/workloads/workflows/index.ts'),
  ]);
}, BUNDLED_WITHIN_MS);

afterAll(async () => {
  await connection.close();
  await client.connection.close();
  await rm(folder, { recursive: true });
});

async function bundled(workflows: string): Promise<{ codePath: string }> {
  const codePath = path.join(folder, `${path.basename(path.dirname(workflows))}.js`);
  const script = path.join(ROOT, 'test/support/bundle.ts');
  await promisify(execFile)(process.execPath, [
    ...FROM_SOURCES,
    script,
    path.join(ROOT, workflows),
    codePath,
  ]);
  return { codePath };
}

test("an order in the style of Temporal's sample, when every answer comes by itself", async () => {
  const shop = await startShopWorkers({ connection, namespace });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: SAMPLE_QUEUE,
    workflowBundle: sample,
    activities: createOrderActivities(shop.shop.orders, DEADLINES),
  });
  try {
    const cost = await worker.runUntil(async () => {
      const handle = await client.workflow.start<typeof sampleOrder>('sampleOrder', {
        workflowId: 'sample',
        taskQueue: SAMPLE_QUEUE,
        args: [orderOf('sample')],
      });
      for (const event of [EVENTS.shipmentDispatched, EVENTS.shipmentDelivered]) {
        await until(
          'the order waits for the carrier',
          async () => {
            const { raw } = await handle.describe();
            return !raw.pendingWorkflowTask && raw.pendingActivities?.length === 0;
          },
          WAITS_WITHIN_MS,
        );
        await handle.signal(event, {});
      }
      await handle.result();
      return costOf(await handle.fetchHistory());
    });
    expect(shop.shop.log).toEqual([
      ...['openOrder', 'reserveStock', 'authorizePayment', 'confirmOrder', 'createShipment'],
      ...['capturePayment', 'shipStock', 'closeOrder', 'notifyCustomer'],
    ]);
    expect(cost).toEqual({ workflowTasks: 12, historyEvents: 71 });
    expect(await callsIn(namespace)).toEqual({
      StartWorkflowExecution: 1,
      SignalWorkflowExecution: 2,
      RespondWorkflowTaskCompleted: 12,
      RespondActivityTaskCompleted: 9,
    });
  } finally {
    await shop.stop();
  }
});

test('what each workload costs', async () => {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: WORKLOADS_QUEUE,
    workflowBundle: workloads,
    activities: workloadActivities,
  });
  const costs = await worker.runUntil(async () => {
    const counted: Partial<Record<Workload, Cost>> = {};
    for (const workload of ['W0', 'W1', 'W2', 'W3'] as const) {
      const handle = await client.workflow.start(WORKLOADS[workload].workflow, {
        workflowId: workload,
        taskQueue: WORKLOADS_QUEUE,
      });
      await handle.result();
      counted[workload] = costOf(await handle.fetchHistory());
    }
    return counted;
  });
  expect(costs).toEqual({
    W0: { workflowTasks: 1, historyEvents: 5 },
    W1: { workflowTasks: 6, historyEvents: 35 },
    W2: { workflowTasks: 1, historyEvents: 10 },
    W3: { workflowTasks: 8, historyEvents: 48 },
  });
});
