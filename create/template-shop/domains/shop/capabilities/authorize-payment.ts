import { capability } from 'sagaline/workflow';
import type { AuthorizePaymentActivities } from '../../../activities/authorize-payment';
import { REFUSALS, TASK_QUEUES } from '../names';

/** The pivot: once the payment is authorized, the saga goes on until the order is confirmed. */
export const authorizePayment = capability<AuthorizePaymentActivities>()(
  'authorizePayment',
  {
    authorizePayment: {
      summary: () => 'Authorize the payment',
      after: 'pivot',
      calls: 'provider',
      refuses: [REFUSALS.cardDeclined],
    },
  },
  { taskQueue: TASK_QUEUES.payments },
);
