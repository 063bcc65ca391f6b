import { definePool } from 'sagaline';
import { createDeadLetterActivities } from 'sagaline/activities';
import { createOrderActivities } from '../activities/shop/orders';
import { createPostgresOrders } from '../activities/shop/orders.postgres';
import { createReconciliationActivities } from '../activities/shop/reconciliation';
import { createPostgresBooks } from '../activities/shop/reconciliation.postgres';
import { createIsForgotten, createTemporalOrderSagas } from '../activities/shop/reconciliation.temporal';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

/** The workflows, and the steps on the orders' own tables. */
export const orders = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.orders,
  workflows: 'workflows/shop',
  publishes: ['orders'],
  activities: ({ settings, database, temporal, report }) => ({
    ...createOrderActivities(createPostgresOrders(database, createIsForgotten(temporal)), {
      submissionWithinMs: settings.ORDER_SUBMISSION_WITHIN_MS,
      authorizationWithinMs: settings.ORDER_AUTHORIZATION_WITHIN_MS,
      stockDecisionWithinMs: settings.ORDER_STOCK_DECISION_WITHIN_MS,
      partialStock: settings.ORDER_PARTIAL_STOCK,
      restockWithinMs: settings.ORDER_RESTOCK_WITHIN_MS,
      restockEveryMs: settings.ORDER_RESTOCK_EVERY_MS,
      paymentMethodWithinMs: settings.ORDER_PAYMENT_METHOD_WITHIN_MS,
      paymentAttempts: settings.ORDER_PAYMENT_ATTEMPTS,
      renewAuthorizationBeforeMs: settings.ORDER_RENEW_AUTHORIZATION_BEFORE_MS,
      dispatchWithinMs: settings.ORDER_DISPATCH_WITHIN_MS,
      deliveryWithinMs: settings.ORDER_DELIVERY_WITHIN_MS,
      lostParcel: settings.ORDER_LOST_PARCEL,
      stepWithinMs: settings.ORDER_STEP_WITHIN_MS,
      compensationWithinMs: settings.ORDER_COMPENSATION_WITHIN_MS,
      forwardWithinMs: settings.ORDER_FORWARD_WITHIN_MS,
      fourEyesAbove: settings.ORDER_FOUR_EYES_ABOVE,
    }),
    ...createDeadLetterActivities(database),
    ...createReconciliationActivities({
      books: createPostgresBooks(database),
      sagas: createTemporalOrderSagas(temporal),
      report,
      clock: () => new Date(),
      graceMs: settings.RECONCILE_GRACE_MS,
      lookbackMs: settings.RECONCILE_LOOKBACK_MS,
      compensationWithinMs: settings.ORDER_COMPENSATION_WITHIN_MS,
    }),
  }),
});
