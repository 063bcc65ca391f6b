import { definePool } from 'sagaline';
import { createAuthorizePaymentActivities } from '../activities/authorize-payment';
import { createHttpPaymentProvider } from '../activities/authorize-payment.http';
import { createAuthorizePayment } from '../activities/authorize-payment.postgres';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

export const paymentsPool = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.payments,
  activities: ({ database, settings }) => ({
    ...createAuthorizePaymentActivities(
      createAuthorizePayment(database, createHttpPaymentProvider(settings.PAYMENTS_URL)),
    ),
  }),
});
