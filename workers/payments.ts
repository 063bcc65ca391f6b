import { definePool } from 'sagaline';
import { createPaymentCheckActivities } from '../activities/shop/payment-check';
import { createPostgresPaymentBooks } from '../activities/shop/payment-check.postgres';
import { createPaymentActivities } from '../activities/shop/payments';
import { createHttpPaymentProvider } from '../activities/shop/payments.http';
import { createPayments } from '../activities/shop/payments.postgres';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

/** Payments at the payment provider, and their comparison with its own books. */
export const payments = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.payments,
  providers: ['payment-provider'],
  activities: ({ settings, database, provider: settingsOf, personal }) => {
    const provider = createHttpPaymentProvider(settingsOf('payment-provider'));
    return {
      ...createPaymentActivities(createPayments(database, provider, personal)),
      ...createPaymentCheckActivities({
        provider,
        books: createPostgresPaymentBooks(database),
        clock: () => new Date(),
        graceMs: settings.RECONCILE_GRACE_MS,
        lookbackMs: settings.RECONCILE_LOOKBACK_MS,
      }),
    };
  },
});
