import path from 'node:path';
import { createDemandActivities } from '../activities/shop/demand';
import { createPostgresDemand } from '../activities/shop/demand.postgres';
import { createInventoryActivities } from '../activities/shop/inventory';
import { createPostgresInventory } from '../activities/shop/inventory.postgres';
import { createNotificationActivities } from '../activities/shop/notifications';
import { createPostgresNotifications } from '../activities/shop/notifications.postgres';
import { createOrderActivities } from '../activities/shop/orders';
import { createPostgresOrders } from '../activities/shop/orders.postgres';
import { createPaymentActivities } from '../activities/shop/payments';
import { createHttpPaymentProvider } from '../activities/shop/payments.http';
import { createPayments } from '../activities/shop/payments.postgres';
import { createReconciliationActivities } from '../activities/shop/reconciliation';
import { createPostgresBooks } from '../activities/shop/reconciliation.postgres';
import { createTemporalOrderSagas } from '../activities/shop/reconciliation.temporal';
import { createShippingActivities } from '../activities/shop/shipping';
import { createHttpCarrier } from '../activities/shop/shipping.http';
import { createShipping } from '../activities/shop/shipping.postgres';
import type { Client } from '@temporalio/client';
import type { Registry } from 'prom-client';
import type { Database } from '../src/adapters/postgres';
import { reconciliationMetrics } from '../src/adapters/prometheus';
import type { Log } from '../src/contracts';
import { createDeadLetterActivities } from '../src/effects';
import { TASK_QUEUES } from '../src/domains/shop/names';
import type { AppConfig } from './config';
import { tellFindings } from './reconciliation';

/**
 * Workers that serve one task queue: a capability's activities, and for `orders` the workflows as well.
 *
 * `POOL_<NAME>_ACTIVITIES_PER_SECOND` limits the activities of a pool, however many workers it has: Temporal applies the
 * limit where it gives the tasks out. Each poll carries the limit of its worker, and the last one wins
 * (`maxTaskQueueActivitiesPerSecond` in the SDK's `worker-options.ts`): all workers of a pool need the same setting. What
 * follows is from the server's `service/matching/ratelimit_manager.go`:
 *
 * - each partition of the queue gets an equal part of the limit: a queue of four, a cluster's default, reaches it only
 *   with tasks and polls in all of them;
 * - a second's worth may go out at once after a pause, one in each partition at least;
 * - the first limit that a partition hears of holds at once, a change of it within a minute;
 * - a limit that is set on the queue itself (`temporal task-queue config set`) goes before that of the workers.
 *
 * It counts attempts, retries among them. It does not hold for workflow tasks, nor for local activities: the steps of
 * `orders` on the orders' own tables are limited only where they are tried again as ordinary ones.
 */
export interface Pool {
  readonly taskQueue: string;
  /** Folder of the workflows; without it the pool runs activities only. */
  readonly workflowsPath?: string;
  /** The providers that its activities talk to. */
  readonly providers?: readonly string[];
  readonly activities: (parts: PoolParts) => object;
}

/** What a pool's activities are made of. */
export interface PoolParts {
  readonly config: AppConfig;
  readonly database: Database;
  readonly temporal: Client;
  readonly registry: Registry;
  readonly log: Log;
}

export const pools = {
  orders: {
    taskQueue: TASK_QUEUES.orders,
    workflowsPath: path.join(__dirname, '../workflows'),
    activities: ({ config: { domain }, database, temporal, registry, log }) => ({
      ...createOrderActivities(createPostgresOrders(database), {
        submissionWithinMs: domain.ORDER_SUBMISSION_WITHIN_MS,
        authorizationWithinMs: domain.ORDER_AUTHORIZATION_WITHIN_MS,
        stockDecisionWithinMs: domain.ORDER_STOCK_DECISION_WITHIN_MS,
        partialStock: domain.ORDER_PARTIAL_STOCK,
        restockWithinMs: domain.ORDER_RESTOCK_WITHIN_MS,
        restockEveryMs: domain.ORDER_RESTOCK_EVERY_MS,
        meansWithinMs: domain.ORDER_MEANS_WITHIN_MS,
        paymentAttempts: domain.ORDER_PAYMENT_ATTEMPTS,
        dispatchWithinMs: domain.ORDER_DISPATCH_WITHIN_MS,
        deliveryWithinMs: domain.ORDER_DELIVERY_WITHIN_MS,
        lostParcel: domain.ORDER_LOST_PARCEL,
        stepWithinMs: domain.ORDER_STEP_WITHIN_MS,
        undoWithinMs: domain.ORDER_UNDO_WITHIN_MS,
        forwardWithinMs: domain.ORDER_FORWARD_WITHIN_MS,
      }),
      ...createDeadLetterActivities(database),
      ...createReconciliationActivities({
        books: createPostgresBooks(database),
        sagas: createTemporalOrderSagas(temporal),
        report: tellFindings(reconciliationMetrics(registry), log),
        clock: () => new Date(),
        graceMs: domain.RECONCILE_GRACE_MS,
        lookbackMs: domain.RECONCILE_LOOKBACK_MS,
        undoWithinMs: domain.ORDER_UNDO_WITHIN_MS,
      }),
    }),
  },
  inventory: {
    taskQueue: TASK_QUEUES.inventory,
    activities: ({ database }) => ({
      ...createInventoryActivities(createPostgresInventory(database)),
      ...createDemandActivities(createPostgresDemand(database)),
    }),
  },
  payments: {
    taskQueue: TASK_QUEUES.payments,
    providers: ['payment-provider'],
    activities: ({ config, database }) =>
      createPaymentActivities(
        createPayments(database, createHttpPaymentProvider(provider(config, 'payment-provider'))),
      ),
  },
  shipping: {
    taskQueue: TASK_QUEUES.shipping,
    providers: ['carrier'],
    activities: ({ config, database }) =>
      createShippingActivities(createShipping(database, createHttpCarrier(provider(config, 'carrier')))),
  },
  notifications: {
    taskQueue: TASK_QUEUES.notifications,
    activities: ({ database }) => createNotificationActivities(createPostgresNotifications(database)),
  },
} as const satisfies Record<keyof typeof TASK_QUEUES, Pool>;

function provider(config: AppConfig, name: string) {
  const settings = config.providers[name];
  if (!settings) throw new Error(`no domain declares the provider "${name}"`);
  return settings;
}
