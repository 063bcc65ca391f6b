import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { InjectedSinks, NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import { createDemandActivities } from '../../../../activities/shop/demand';
import { createInventoryActivities } from '../../../../activities/shop/inventory';
import { createNotificationActivities } from '../../../../activities/shop/notifications';
import type { OrderDeadlines } from '../../../../activities/shop/orders';
import { createOrderActivities } from '../../../../activities/shop/orders';
import type { PaymentCheckParts } from '../../../../activities/shop/payment-check';
import { createPaymentCheckActivities } from '../../../../activities/shop/payment-check';
import { createPaymentActivities } from '../../../../activities/shop/payments';
import type { ReconciliationParts } from '../../../../activities/shop/reconciliation';
import { createReconciliationActivities } from '../../../../activities/shop/reconciliation';
import { createShippingActivities } from '../../../../activities/shop/shipping';
import { setCurrentVersion } from '../../../../src/adapters/temporal';
import { TASK_QUEUES } from '../../../../domains/shop/names';
import { deadLetterStoreActivities } from '../../../../src/effects';
import { deploymentOptions } from '../../../../src/runtime/roles/worker';
import { deploymentOf } from '../../../support/deployment-name';
import { prepared } from '../../../support/setup/handover';
import type { FakeShop } from '../fakes';
import { createFakeShop } from '../fakes';

export const DEADLINES: OrderDeadlines = {
  submissionWithinMs: 24 * 60 * 60_000,
  authorizationWithinMs: 60 * 60_000,
  stockDecisionWithinMs: 24 * 60 * 60_000,
  partialStock: 'cancel',
  restockWithinMs: 7 * 24 * 60 * 60_000,
  restockEveryMs: 60 * 60_000,
  paymentMethodWithinMs: 24 * 60 * 60_000,
  paymentAttempts: 3,
  renewAuthorizationBeforeMs: 24 * 60 * 60_000,
  dispatchWithinMs: 5 * 24 * 60 * 60_000,
  deliveryWithinMs: 14 * 24 * 60 * 60_000,
  lostParcel: 'refund',
  stepWithinMs: 60_000,
  compensationWithinMs: 30_000,
  forwardWithinMs: 10 * 60_000,
};

export interface ShopWorkers {
  readonly shop: FakeShop;
  /** Stops the workers of all pools but `orders`: those that run activities only. */
  stopCapabilities(): Promise<void>;
  stop(): Promise<void>;
}

/** Books without a payment, both the provider's and ours. */
const NO_PAYMENTS: Pick<PaymentCheckParts, 'provider' | 'books'> = {
  provider: {
    paymentOf: () => Promise.resolve(undefined),
    list: () => Promise.resolve({ payments: [], hasMore: false }),
  },
  books: {
    recordsOf: () => Promise.resolve([]),
    ofOrder: () => Promise.resolve([]),
    isAsking: () => Promise.resolve(false),
  },
};

/** The activities of the shop's pools, on fakes, by task queue. */
export function shopActivities(
  shop: FakeShop,
  deadlines: OrderDeadlines = DEADLINES,
  reconciliation?: ReconciliationParts,
) {
  return {
    [TASK_QUEUES.orders]: {
      ...createOrderActivities(shop.orders, deadlines),
      ...deadLetterStoreActivities(shop.deadLetters),
      ...(reconciliation && createReconciliationActivities(reconciliation)),
    },
    [TASK_QUEUES.inventory]: {
      ...createInventoryActivities(shop.inventory),
      ...createDemandActivities(shop.demand),
    },
    [TASK_QUEUES.payments]: {
      ...createPaymentActivities(shop.payments),
      ...(reconciliation && createPaymentCheckActivities({ ...reconciliation, ...NO_PAYMENTS })),
    },
    [TASK_QUEUES.shipping]: createShippingActivities(shop.shipping),
    [TASK_QUEUES.notifications]: createNotificationActivities(shop.notifications),
  };
}

/**
 * The shop's pools in this process, on fakes: one worker for each task queue, as in production.
 *
 * @param options.buildId makes them workers of this version; choose the version that gets new work with {@link deployShop}
 * @param options.shop the shop of other workers, which these share
 */
export async function startShopWorkers(options: {
  connection: NativeConnection;
  namespace: string;
  bundle?: string;
  deadlines?: OrderDeadlines;
  buildId?: string;
  shop?: FakeShop;
  reconciliation?: ReconciliationParts | undefined;
  dataConverter?: DataConverter;
  /** Whether the pool of the orders places all capabilities. */
  placed?: boolean;
  /** Counts what its workflows ignore. */
  sinks?: InjectedSinks<Sinks>;
}): Promise<ShopWorkers> {
  const { connection, namespace, bundle = prepared('bundles').product, deadlines = DEADLINES } = options;
  const { buildId, shop = createFakeShop(), reconciliation, dataConverter, sinks, placed } = options;
  const pools = shopActivities(shop, deadlines, reconciliation);
  const all: object = Object.assign({}, ...Object.values(pools));
  const workers = await Promise.all(
    Object.entries(pools).map(([taskQueue, own]) => {
      const activities = placed === true && taskQueue === TASK_QUEUES.orders ? all : own;
      return Worker.create({
        connection,
        namespace,
        taskQueue,
        activities,
        ...(dataConverter && { dataConverter }),
        ...(sinks && { sinks }),
        ...(taskQueue === TASK_QUEUES.orders ? { workflowBundle: { codePath: bundle } } : {}),
        ...deploymentOptions({ deployment: deploymentOf(taskQueue), buildId }),
      });
    }),
  );
  const running = workers.map((worker) => ({ worker, ended: worker.run() }));
  const stop = async (those: typeof running) => {
    for (const { worker } of those) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all(those.map(({ ended }) => ended));
  };
  return {
    shop,
    stopCapabilities: () =>
      stop(running.filter(({ worker }) => worker.options.taskQueue !== TASK_QUEUES.orders)),
    stop: () => stop(running),
  };
}

const POLLED_WITHIN_MS = 15_000;

/** Gives new work to the workers of this version, in all pools. */
export async function deployShop(client: Client, buildId: string): Promise<void> {
  const deployments = Object.values(TASK_QUEUES).map(deploymentOf);
  await Promise.all(
    deployments.map((deployment) =>
      setCurrentVersion(client, { deployment, buildId }, { withinMs: POLLED_WITHIN_MS }),
    ),
  );
}
