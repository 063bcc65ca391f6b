import type { PaymentCheckActivities } from '../../activities/shop/payment-check';
import type { ReconciliationActivities } from '../../activities/shop/reconciliation';
import { TASK_QUEUES } from '../../domains/shop/names';
import { STEP_ATTEMPTS, stepsOf } from 'sagaline/workflow';

/** Many times longer than a page of orders takes, with the calls to Temporal for it. */
const PAGE = '60 seconds';

/** Our own books: the orders and what they have left behind. */
export const books = stepsOf<ReconciliationActivities>({
  ...STEP_ATTEMPTS,
  startToCloseTimeout: PAGE,
  taskQueue: TASK_QUEUES.orders,
});

/** A provider that is unavailable for longer is a finding itself; the findings up to then are reported. */
const PROVIDER_WITHIN = '2 minutes';

/** The payment provider's books, compared with ours. */
export const providerBooks = stepsOf<PaymentCheckActivities>({
  ...STEP_ATTEMPTS,
  startToCloseTimeout: PAGE,
  scheduleToCloseTimeout: PROVIDER_WITHIN,
  taskQueue: TASK_QUEUES.payments,
});
