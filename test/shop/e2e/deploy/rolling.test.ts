// A deploy with orders under way: workers of version 1 have them open, version 2, whose code takes other steps, gets all new
// work, version 1 is drained and ends.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { routingOf } from '../../../../src/adapters/temporal';
import { countPinned } from '../../../../src/adapters/temporal/deployments/pinned';
import { TASK_QUEUES } from '../../../../domains/shop/names';
import { deploymentOf } from '../../../support/deployment-name';
import { demandStage } from '../../replay/demand-scenarios';
import { createTestNamespace } from '../../../support/namespace';
import type { OrderDriver } from '../../support/order/driver';
import { driveOrder } from '../../support/order/driver';
import type { FakeShop } from '../../support/fakes';
import type { ShopWorkers } from '../../support/order/environment';
import { listeningRuntime } from '../../../../src/testing';
import { deployShop, startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

const { WORKFLOW_EXECUTION_STATUS_RUNNING } = temporal.api.enums.v1.WorkflowExecutionStatus;
const { WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR } = temporal.api.enums.v1.WorkflowTaskFailedCause;

const OPEN_ORDERS = 20;
/** Enough to see that none of them survives. */
const OPEN_WITHOUT_VERSIONS = 5;
const NEW_ORDERS = 5;
const HOUR_MS = 60 * 60_000;
const OPEN_STATE = 'awaiting-dispatch';
const DONE_WITHIN_MS = 40_000;
/** What the SDK says of a workflow that does not replay (TMPRL1100). */
const DETERMINISM = /determinis/i;

jest.setTimeout(120_000);

let stage: { client: Client; address: string; namespace: string };
/** One for each version: workers without one cannot share. */
let connections: [NativeConnection, NativeConnection];
let running: ShopWorkers[];
let log: readonly string[];

beforeAll(() => (log = listeningRuntime()));
beforeEach(async () => {
  stage = await createTestNamespace();
  running = [];
  const connect = () => NativeConnection.connect({ address: stage.address });
  connections = [await connect(), await connect()];
});
afterEach(async () => {
  for (const workers of running) await workers.stop();
  for (const connection of connections) await connection.close();
  await stage.client.connection.close();
});

test(`${OPEN_ORDERS} open orders end on the version that they began on, while new ones run on the next`, async () => {
  const said = log.length;
  const { client, namespace } = stage;
  const before = await startWorkers({ connection: connections[0], namespace, buildId: '1' });
  await deployShop(client, '1');
  const open = await openOrders(OPEN_ORDERS, before.shop);

  await startWorkers({ ...changed(), buildId: '2', shop: before.shop });
  await deployShop(client, '2');
  const routed = async () =>
    (await routingOf(client, { taskQueue: TASK_QUEUES.orders, hasWorkflows: true })).current;
  await until('new orders go to version 2', async () => (await routed()) === '2');
  // An activity is pinned to no version: those of version 2 serve the open orders, too.
  await before.stopCapabilities();
  const added = Array.from({ length: NEW_ORDERS }, (_, index) =>
    driveOrder(client, `new-${index}`, before.shop),
  );
  await Promise.all(added.map((order) => order.submit()));

  const ofVersion1 = { deployment: deploymentOf(TASK_QUEUES.orders), buildId: '1' };
  const pinned = () => countPinned(client, ofVersion1);
  await until('all open orders are bound', async () => (await pinned()) === OPEN_ORDERS);
  const ends = await outcomesOf([...open, ...added]);
  await until('version 1 is drained', async () => (await pinned()) === 0);
  await before.stop();

  expect(ends).toEqual({ completed: OPEN_ORDERS + NEW_ORDERS, 'not deterministic': 0 });
  expect(await versionsThatRan(open)).toEqual(['1']);
  expect(await versionsThatRan(added)).toEqual(['2']);
  expect(log.slice(said).filter((line) => DETERMINISM.test(line))).toEqual([]);
});

test('without versions the same deploy breaks every open order, and this test would see it', async () => {
  const said = log.length;
  const { namespace } = stage;
  const before = await startWorkers({ connection: connections[0], namespace });
  const open = await openOrders(OPEN_WITHOUT_VERSIONS, before.shop);

  await startWorkers({ ...changed(), shop: before.shop });
  await before.stop();

  expect(await outcomesOf(open)).toEqual({ completed: 0, 'not deterministic': OPEN_WITHOUT_VERSIONS });
  // The core hands its lines on in batches.
  await until('the log says so', () => log.slice(said).some((line) => DETERMINISM.test(line)));
});

test('a batcher goes on with the next version, with all that it has collected', async () => {
  const { client, namespace } = stage;
  const before = await startWorkers({ connection: connections[0], namespace, buildId: '1' });
  await deployShop(client, '1');
  const { shop } = before;
  const { handle, view } = demandStage(client, 'VIEWED', { shop, pause: sleep });
  const batch = { size: 4, withinMs: HOUR_MS };
  await view(batch, 2);
  const tasks = async () => versionsIn((await handle.fetchHistory()).events ?? []);
  await until('version 1 has them', async () => (await tasks()).includes('1'));

  await startWorkers({ connection: connections[1], namespace, buildId: '2', shop });
  await deployShop(client, '2');
  await before.stop();
  await view(batch, 2);
  const flushed = () =>
    shop.calls.find(({ step }) => step === 'addViews')?.input as { views: { id: string }[] };
  await until('the batch is flushed', () => (flushed() as unknown) !== undefined, DONE_WITHIN_MS);
  expect(flushed().views.map(({ id }) => id)).toEqual(['view-0', 'view-1', 'view-2', 'view-3']);
  await until('version 2 has flushed them', async () => (await tasks()).join() === '1,2');
});

/** Ended with the test, however it ends. */
async function startWorkers(options: Parameters<typeof startShopWorkers>[0]): Promise<ShopWorkers> {
  const workers = await startShopWorkers(options);
  running.push(workers);
  return workers;
}

/** The workers of code that takes other steps than the product's. */
function changed() {
  return { connection: connections[1], namespace: stage.namespace, bundle: prepared('bundles').pause };
}

async function openOrders(count: number, shop: FakeShop): Promise<OrderDriver[]> {
  const orders = Array.from({ length: count }, (_, index) => driveOrder(stage.client, `open-${index}`, shop));
  await Promise.all(orders.map((order) => order.submit()));
  await Promise.all(orders.map((order) => order.untilState(OPEN_STATE)));
  return orders;
}

type Outcome = 'completed' | 'not deterministic';

/** Lets the parcels leave and arrive; what becomes of the orders. */
async function outcomesOf(orders: readonly OrderDriver[]): Promise<Record<Outcome, number>> {
  const outcomes = await Promise.all(
    orders.map(async (order) => {
      await order.dispatched();
      await order.delivered();
      return until(`the outcome of ${order.orderId}`, () => outcomeOf(order), DONE_WITHIN_MS);
    }),
  );
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return { completed: count('completed'), 'not deterministic': count('not deterministic') };
}

async function outcomeOf(order: OrderDriver): Promise<Outcome | undefined> {
  const { raw } = await order.handle.describe();
  if (raw.workflowExecutionInfo?.status !== WORKFLOW_EXECUTION_STATUS_RUNNING) {
    const { state } = await order.result();
    if (state !== 'completed') throw new Error(`${order.orderId} is ${state}`);
  } else if ((raw.pendingWorkflowTask?.attempt ?? 0) < 2) return undefined;
  // A task that fails is tried again, for ever; the first failure is in the history.
  const failed = (await eventsOf(order)).some(
    ({ workflowTaskFailedEventAttributes: failure }) =>
      failure?.cause === WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
  );
  return failed ? 'not deterministic' : 'completed';
}

async function versionsThatRan(orders: readonly OrderDriver[]): Promise<string[]> {
  return versionsIn((await Promise.all(orders.map(eventsOf))).flat());
}

/** The versions of the workers that have done the workflow tasks, in this order. */
function versionsIn(events: readonly temporal.api.history.v1.IHistoryEvent[]): string[] {
  const versions = events.flatMap(({ workflowTaskCompletedEventAttributes: task }) =>
    task ? [task.deploymentVersion?.buildId ?? ''] : [],
  );
  return [...new Set(versions)];
}

async function eventsOf({ handle }: OrderDriver) {
  return (await handle.fetchHistory()).events ?? [];
}
