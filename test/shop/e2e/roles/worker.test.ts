// Real worker processes are told to stop in the middle of their work: no attempt and no workflow task is lost by it.
import type { Client } from '@temporalio/client';
import { temporal as protos } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createInventoryActivities } from '../../../../activities/shop/inventory';
import { createNotificationActivities } from '../../../../activities/shop/notifications';
import { createShippingActivities } from '../../../../activities/shop/shipping';
import { createOrderActivities } from '../../../../activities/shop/orders';
import { createPostgresOrders } from '../../../../activities/shop/orders.postgres';
import { createIsForgotten } from '../../../../activities/shop/reconciliation.temporal';
import { createDeadLetterActivities } from '../../../../src/effects';
import { TASK_QUEUES } from '../../../../domains/shop/names';
import { deploymentOptions } from '../../../../src/runtime/roles/worker';
import { deploymentOf } from '../../../support/deployment-name';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { FakeShop } from '../../support/fakes';
import { createFakeShop } from '../../support/fakes';
import { createTestNamespace } from '../../../support/namespace';
import type { OrderDriver } from '../../support/order/driver';
import { driveOrder } from '../../support/order/driver';
import { quietRuntime } from '../../../../src/testing';
import { DEADLINES } from '../../support/order/environment';
import type { RoleProcess, Roles } from '../../../support/roles';
import { rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';
import { prepared } from '../../../support/setup/handover';
import type { SandboxUnderTest } from '../../unit/sandbox/sandbox-under-test';
import { startSandboxUnderTest } from '../../unit/sandbox/sandbox-under-test';

const { TIMEOUT_TYPE_SCHEDULE_TO_START } = protos.api.enums.v1.TimeoutType;

/** Longer than the test needs to find the authorisation under way, shorter than our client waits for a provider. */
const SLOW_MS = 3_500;
/** A worker's grace of ten seconds, and its end. */
const STOPPED_WITHIN_MS = 13_000;
const STARTED_WITHIN_MS = 90_000;
const ORDERS = 18;
/** Of the processes, and of the other worker of orders. */
const BUILD_ID = '1';
const DONE_WITHIN_MS = 40_000;

jest.setTimeout(90_000);

let temporal: { client: Client; address: string; namespace: string };
let records: TestDatabase;
let sandbox: SandboxUnderTest;
/** Behind inventory, shipping and notifications. */
let others: FakeShop;
let roles: Roles;
let stopOthers: () => Promise<void>;
/** It will stop; another worker of its pool is in this process. */
let orderWorker: RoleProcess;
/** Of which one will stop. */
let paymentWorkers: RoleProcess[];

beforeAll(async () => {
  [temporal, records, sandbox] = await Promise.all([
    createTestNamespace(),
    createTestDatabase(),
    startSandboxUnderTest({ slowMs: SLOW_MS }),
  ]);
  stopOthers = await startOtherCapabilities();
  roles = rolesWith({
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    DATABASE_URL: records.url,
    PROVIDER_PAYMENT_PROVIDER_URL: `${sandbox.url}/payment-provider/v1`,
    PROVIDER_PAYMENT_PROVIDER_API_KEY: 'sk_payments',
    BUILD_ID,
  });
  const payments = Promise.all([roles.start('worker:payments'), roles.start('worker:payments')]);
  [orderWorker, paymentWorkers] = await Promise.all([roles.start('worker:orders'), payments]);
}, STARTED_WITHIN_MS);
afterAll(async () => {
  await roles.stop();
  await stopOthers();
  await sandbox.stop();
  await records.end();
  await temporal.client.connection.close();
});

/** Inventory, shipping and notifications on fakes, and another worker of orders on the same tables, in this process. */
async function startOtherCapabilities(): Promise<() => Promise<void>> {
  quietRuntime();
  const { address, namespace } = temporal;
  const connection = await NativeConnection.connect({ address });
  const shop = createFakeShop();
  others = shop;
  const activities = {
    [TASK_QUEUES.orders]: {
      ...createOrderActivities(
        createPostgresOrders(records.database, createIsForgotten(temporal.client)),
        DEADLINES,
      ),
      ...createDeadLetterActivities(records.database),
    },
    [TASK_QUEUES.inventory]: createInventoryActivities(shop.inventory),
    [TASK_QUEUES.shipping]: createShippingActivities(shop.shipping),
    [TASK_QUEUES.notifications]: createNotificationActivities(shop.notifications),
  };
  const workers = await Promise.all(
    Object.entries(activities).map(([taskQueue, own]) =>
      Worker.create({
        ...{ connection, namespace, taskQueue, activities: own },
        ...(taskQueue === TASK_QUEUES.orders
          ? {
              workflowBundle: { codePath: prepared('bundles').product },
              ...deploymentOptions({ deployment: deploymentOf('orders'), buildId: BUILD_ID }),
            }
          : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  };
}

async function stopAndMeasure(role: RoleProcess) {
  const since = performance.now();
  role.signal('SIGTERM');
  const { code, at } = await role.ended;
  return { code, afterMs: at - since };
}

/** Attempts at authorising that were started, each with the process that ran it; only the last of a step is in a history. */
async function authorisations({ handle }: OrderDriver): Promise<{ attempt: number; pid: number }[]> {
  const events = (await handle.fetchHistory()).events ?? [];
  const scheduled = events
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'authorizePayment')
    .map(({ eventId }) => String(eventId));
  return events.flatMap(({ activityTaskStartedEventAttributes: started }) =>
    started && scheduled.includes(String(started.scheduledEventId))
      ? [{ attempt: started.attempt ?? 0, pid: Number(started.identity?.split('@')[0]) }]
      : [],
  );
}

async function paymentsOf(orderId: string): Promise<unknown[]> {
  const { data } = (await sandbox.get('/sandbox/payments')).body as { data: Record<string, unknown>[] };
  return data.filter(({ merchant_reference }) => merchant_reference === orderId).map(({ status }) => status);
}

test('a payment under way when its worker is told to stop: one attempt, one charge; the next is another worker’s', async () => {
  const slow = driveOrder(temporal.client, 'slow');
  await slow.submit({ paymentToken: 'tok_slow' });
  const pid = await until('the authorisation is under way', async () => {
    const { raw } = await slow.handle.describe();
    const pending = raw.pendingActivities?.find(
      ({ activityType }) => activityType?.name === 'authorizePayment',
    );
    const identity = pending?.lastWorkerIdentity ?? '';
    return identity === '' ? undefined : Number(identity.split('@')[0]);
  });
  const holder = paymentWorkers.find((worker) => worker.pid === pid);
  if (!holder) throw new Error(`the authorisation runs in process ${pid}, which is none of the workers`);
  const stopped = stopAndMeasure(holder);

  const next = driveOrder(temporal.client, 'next');
  await next.submit();
  await next.untilState('awaiting-dispatch');
  const { code, afterMs } = await stopped;
  await slow.untilState('awaiting-dispatch');

  process.stdout.write(`worker:payments ended after ${afterMs.toFixed(0)} ms\n`);
  expect(code).toBe(0);
  expect(afterMs).toBeGreaterThan(SLOW_MS / 10);
  expect(afterMs).toBeLessThan(STOPPED_WITHIN_MS);
  expect(await authorisations(slow)).toEqual([{ attempt: 1, pid }]);
  expect(await paymentsOf('slow')).toEqual(['requires_capture']);
  const other = paymentWorkers.find((worker) => worker !== holder)?.pid;
  expect(await authorisations(next)).toEqual([{ attempt: 1, pid: other }]);
  expect(await paymentsOf('next')).toEqual(['requires_capture']);
});

test('orders whose workflow worker is told to stop all complete, and each workflow task that a worker took was answered', async () => {
  const orders = Array.from({ length: ORDERS }, (_, index) =>
    driveOrder(temporal.client, `order-${index}`, others),
  );
  const stopping = orderWorker;
  // Some are on their way, some wait for notifications, some are still to come.
  const early = orders.slice(0, ORDERS / 3);
  for (const order of early) await order.submit();
  await Promise.all(early.map((order) => order.untilState('awaiting-dispatch')));
  const late = orders.slice(ORDERS / 3);
  const submitted = Promise.all(late.map((order) => order.submit()));
  const stopped = stopAndMeasure(stopping);
  await submitted;
  await Promise.all(
    orders.map(async (order) => {
      await order.untilState('awaiting-dispatch');
      await order.dispatched();
      await order.delivered();
    }),
  );
  const ends = await until(
    'all ends',
    () => Promise.all(orders.map(async (order) => (await order.result()).state)),
    DONE_WITHIN_MS,
  );
  expect(ends).toEqual(orders.map(() => 'completed'));

  const { code, afterMs } = await stopped;
  const count = { leftOnStickyQueue: 0, neverAnswered: 0, failed: 0, byStopped: 0, byOther: 0 };
  for (const { handle } of orders) {
    for (const event of (await handle.fetchHistory()).events ?? []) {
      const timeout = event.workflowTaskTimedOutEventAttributes?.timeoutType;
      if (timeout === TIMEOUT_TYPE_SCHEDULE_TO_START) count.leftOnStickyQueue++;
      else if (timeout) count.neverAnswered++;
      if (event.workflowTaskFailedEventAttributes) count.failed++;
      const by = event.workflowTaskCompletedEventAttributes?.identity;
      if (by !== undefined && by !== null)
        count[by.startsWith(`${stopping.pid}@`) ? 'byStopped' : 'byOther']++;
    }
  }
  process.stdout.write(`worker:orders ended after ${afterMs.toFixed(0)} ms; ${JSON.stringify(count)}\n`);
  expect(code).toBe(0);
  expect(afterMs).toBeLessThan(STOPPED_WITHIN_MS);
  // The worker tells the server at its end that nobody polls its sticky queue any more. A task that the server was just
  // putting there lies until the queue's time-out and then goes to another worker: late, but neither lost nor repeated.
  expect(count).toMatchObject({ failed: 0, neverAnswered: 0 });
  expect(count.leftOnStickyQueue).toBeLessThan(ORDERS);
  expect(count.byStopped).toBeGreaterThan(0);
  expect(count.byOther).toBeGreaterThan(0);
});
