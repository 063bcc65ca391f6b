import {
  ApplicationFailure,
  condition,
  log,
  proxyActivities,
  setDefaultSignalHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { InventoryActivities } from '../../../activities/shop/inventory';
import type { NotificationActivities } from '../../../activities/shop/notifications';
import type { OrderActivities } from '../../../activities/shop/orders';
import type { PaymentActivities } from '../../../activities/shop/payments';
import type { ShippingActivities } from '../../../activities/shop/shipping';
import type { SubmittedOrder } from '../../../domains/shop/events/orders';
import { EVENTS, TASK_QUEUES } from '../../../domains/shop/names';
import { orderTotal, priceText } from '../../../domains/shop/rules/pricing';
import { MAIN_WAREHOUSE } from '../../../domains/shop/rules/allocation';
import { SAMPLE_QUEUE } from '../names';

const options = { startToCloseTimeout: '10 seconds', scheduleToCloseTimeout: '1 hour' } as const;
const orders = proxyActivities<OrderActivities>({ ...options, taskQueue: SAMPLE_QUEUE });
const inventory = proxyActivities<InventoryActivities>({ ...options, taskQueue: TASK_QUEUES.inventory });
const payments = proxyActivities<PaymentActivities>({ ...options, taskQueue: TASK_QUEUES.payments });
const shipping = proxyActivities<ShippingActivities>({ ...options, taskQueue: TASK_QUEUES.shipping });
const notifications = proxyActivities<NotificationActivities>({
  ...options,
  taskQueue: TASK_QUEUES.notifications,
});

interface Compensation {
  readonly message: string;
  readonly compensate: () => Promise<void>;
}

/**
 * The order's steps in the style of Temporal's sample of a saga (temporalio/samples-typescript, `saga`): ordinary
 * activities one after another, each one's compensation added when it has succeeded. A failure of a compensation is logged
 * and ignored. The carrier's two messages are signals, with the same deadlines as in our order.
 */
export async function sampleOrder(submission: SubmittedOrder): Promise<void> {
  const { orderId, currency, lines, shippingAddress, paymentToken = '', email } = submission;
  const compensations: Compensation[] = [];
  const total = orderTotal(submission);
  const pieces = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const key = (step: string) => `${orderId}:${step}:0`;
  const received = new Set<string>();
  setDefaultSignalHandler((type) => void received.add(type));

  const { dispatchWithinMs, deliveryWithinMs } = await orders.openOrder({
    runId: workflowInfo().firstExecutionRunId,
    submission,
    total,
  });
  try {
    const reservation = { key: key('reserveStock'), orderId, lines: pieces, preferred: [] };
    await inventory.reserveStock(reservation);
    compensations.unshift({
      message: 'reversing the reservation',
      compensate: () => inventory.releaseStock({ undoes: reservation }),
    });

    const authorization = { key: key('authorizePayment'), orderId, total, paymentToken };
    const { paymentId } = await payments.authorizePayment(authorization);
    compensations.unshift({
      message: 'reversing the authorisation',
      compensate: () => payments.voidPayment({ undoes: authorization }),
    });

    await orders.confirmOrder({ key: key('confirmOrder'), orderId, total });

    const booking = { key: key('createShipment'), orderId, recipient: shippingAddress, parcels: pieces };
    await shipping.createShipment(booking);
    compensations.unshift({
      message: 'reversing the booking',
      compensate: () => shipping.cancelShipment({ undoes: booking }),
    });

    await heard(received, EVENTS.shipmentDispatched, dispatchWithinMs);
    await payments.capturePayment({ key: key('capturePayment'), orderId, paymentId, total });
    await inventory.shipStock({ key: key('shipStock'), orderId, warehouse: MAIN_WAREHOUSE });
    await heard(received, EVENTS.shipmentDelivered, deliveryWithinMs);

    await orders.closeOrder({ state: 'completed', key: key('closeOrder'), orderId, total });
    await notifications.notifyCustomer({
      key: key('notifyCustomer'),
      orderId,
      email,
      template: 'order-completed',
      values: { price: priceText({ amount: total.amount, currency }) },
    });
  } catch (error) {
    await compensate(compensations);
    throw error;
  }
}

async function heard(received: ReadonlySet<string>, type: string, withinMs: number): Promise<void> {
  if (!(await condition(() => received.has(type), withinMs)))
    throw ApplicationFailure.nonRetryable(`no ${type} in time`);
}

async function compensate(compensations: readonly Compensation[]): Promise<void> {
  for (const { message, compensate } of compensations) {
    try {
      log.info(message);
      await compensate();
    } catch (error) {
      log.error('failed to compensate', { error });
    }
  }
}
