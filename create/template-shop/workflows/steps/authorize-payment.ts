import { STEP_ATTEMPTS, stepsOf } from 'sagaline/workflow';
import type { AuthorizePaymentActivities } from '../../activities/authorize-payment';
import { TASK_QUEUES } from '../../domains/shop/names';

// The provider may be away for some time: nobody knows of a payment that is given up whether it was made. Then a person decides.
const payments = stepsOf<AuthorizePaymentActivities>({
  ...STEP_ATTEMPTS,
  taskQueue: TASK_QUEUES.payments,
  scheduleToCloseTimeout: '1 hour',
});

/** For `saga.pivot`: once the payment is authorized, the order is carried out. */
export function authorizePayment(order: {
  readonly orderId: string;
  readonly amount: number;
  readonly card: string;
}) {
  const { orderId, amount, card } = order;
  const key = `${orderId}:authorizePayment:0`;
  return {
    name: 'authorizePayment',
    run: () => payments.authorizePayment('Authorize the payment', { key, orderId, amount, card }),
  };
}
