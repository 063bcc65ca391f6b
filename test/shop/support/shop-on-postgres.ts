import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createInventoryActivities } from '../../../activities/shop/inventory';
import { createPostgresInventory } from '../../../activities/shop/inventory.postgres';
import { createNotificationActivities } from '../../../activities/shop/notifications';
import { createPostgresNotifications } from '../../../activities/shop/notifications.postgres';
import { createOrderActivities } from '../../../activities/shop/orders';
import { createPostgresOrders } from '../../../activities/shop/orders.postgres';
import { createPaymentCheckActivities } from '../../../activities/shop/payment-check';
import { createPostgresPaymentBooks } from '../../../activities/shop/payment-check.postgres';
import type { PaymentProvider } from '../../../activities/shop/payments';
import { createPaymentActivities } from '../../../activities/shop/payments';
import { createPayments } from '../../../activities/shop/payments.postgres';
import type { CheckedPage, ReconciliationParts } from '../../../activities/shop/reconciliation';
import { createReconciliationActivities } from '../../../activities/shop/reconciliation';
import { createPostgresBooks } from '../../../activities/shop/reconciliation.postgres';
import {
  createIsForgotten,
  createTemporalOrderSagas,
} from '../../../activities/shop/reconciliation.temporal';
import type { Carrier } from '../../../activities/shop/shipping';
import { createShippingActivities } from '../../../activities/shop/shipping';
import { createShipping } from '../../../activities/shop/shipping.postgres';
import type { Database } from '../../../src/adapters/postgres';
import { createDeadLetterActivities } from '../../../src/effects';
import { TASK_QUEUES } from '../../../domains/shop/names';
import { createTestDatabase } from '../../support/database';
import { createScript } from 'sagaline/testing';
import type { Script } from 'sagaline/testing';
import { createFakeCarrier, createFakePaymentProvider } from './fakes';
import { createTestNamespace } from '../../support/namespace';
import { quietRuntime } from '../../../src/testing';
import { inClear } from '../../../src/security/personal';
import { DEADLINES } from './order/environment';
import { prepared } from '../../support/setup/handover';

type ProviderCall = keyof PaymentProvider;
type CarrierCall = keyof Carrier;

/** The shop's pools in this process, in their own namespace on their own database; the providers are fakes. */
export interface ShopOnPostgres {
  readonly client: Client;
  readonly namespace: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly atProvider: Script<ProviderCall>;
  readonly atCarrier: Script<CarrierCall>;
  readonly provider: ReturnType<typeof createFakePaymentProvider>;
  readonly carrier: ReturnType<typeof createFakeCarrier>;
  /** One check of all orders, without a workflow. */
  check(): Promise<CheckedPage>;
  stop(): Promise<void>;
}

/** @param reconciliation the differences from a real shop: its clock, and where it reports to */
export async function startShopOnPostgres(
  reconciliation: Pick<
    ReconciliationParts,
    'clock' | 'report' | 'graceMs' | 'lookbackMs' | 'compensationWithinMs'
  >,
): Promise<ShopOnPostgres> {
  quietRuntime();
  const [{ client, address, namespace }, shop] = await Promise.all([
    createTestNamespace(),
    createTestDatabase(),
  ]);
  const { database } = shop;
  const [atProvider, atCarrier] = [createScript<ProviderCall>(), createScript<CarrierCall>()];
  const provider = createFakePaymentProvider(atProvider);
  const carrier = createFakeCarrier(atCarrier);
  const reconciling = createReconciliationActivities({
    books: createPostgresBooks(database),
    sagas: createTemporalOrderSagas(client),
    ...reconciliation,
  });
  const pools = {
    [TASK_QUEUES.orders]: {
      ...createOrderActivities(createPostgresOrders(database, createIsForgotten(client)), {
        ...DEADLINES,
        compensationWithinMs: reconciliation.compensationWithinMs,
      }),
      ...createDeadLetterActivities(database),
      ...reconciling,
    },
    [TASK_QUEUES.inventory]: createInventoryActivities(createPostgresInventory(database)),
    [TASK_QUEUES.payments]: {
      ...createPaymentActivities(createPayments(database, provider, inClear)),
      ...createPaymentCheckActivities({
        ...reconciliation,
        provider,
        books: createPostgresPaymentBooks(database),
      }),
    },
    [TASK_QUEUES.shipping]: createShippingActivities(createShipping(database, carrier, inClear)),
    [TASK_QUEUES.notifications]: createNotificationActivities(createPostgresNotifications(database)),
  };
  const connection = await NativeConnection.connect({ address });
  const workers = await Promise.all(
    Object.entries(pools).map(([taskQueue, activities]) =>
      Worker.create({
        connection,
        namespace,
        taskQueue,
        activities,
        ...(taskQueue === TASK_QUEUES.orders
          ? { workflowBundle: { codePath: prepared('bundles').product } }
          : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  return {
    client,
    namespace,
    database,
    databaseUrl: shop.url,
    atProvider,
    atCarrier,
    provider,
    carrier,
    check: () => reconciling.checkOrders({}),
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
      await client.connection.close();
      await shop.end();
    },
  };
}
