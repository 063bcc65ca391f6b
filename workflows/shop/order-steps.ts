import { workflowInfo } from '@temporalio/workflow';
import type { InventoryActivities } from '../../activities/shop/inventory';
import type { NotificationActivities, NotifyCustomer } from '../../activities/shop/notifications';
import type { OrderActivities, OrderDeadlines } from '../../activities/shop/orders';
import type { PaymentActivities } from '../../activities/shop/payments';
import type { ShippingActivities } from '../../activities/shop/shipping';
import type { DeadLetterActivities } from '../../src/effects';
import { BURIED_AT_ONCE } from '../../src/contracts/saga';
import type { SubmittedOrder } from '../../src/domains/shop/events/orders';
import { REASONS, TASK_QUEUES } from '../../src/domains/shop/names';
import { orderTotal } from '../../src/domains/shop/rules/pricing';
import type { CompensatableStep } from '../../src/saga';
import { stepsOf, stepsOnOwnDatabase } from '../../src/saga';
import type { OrderEvent } from './order-events';

/** One attempt of a step; the providers' answers take a second at most, our own clients give up after five. */
const ATTEMPT = '10 seconds';
/** Between attempts: soon at first, never longer than half a minute, so that work goes on quickly after an outage. */
const RETRY = {
  initialInterval: '200 milliseconds',
  backoffCoefficient: 2,
  maximumInterval: '30 seconds',
} as const;
const options = { startToCloseTimeout: ATTEMPT, retry: RETRY } as const;

const book = stepsOnOwnDatabase<OrderActivities>({ ...options, taskQueue: TASK_QUEUES.orders });
const deadLetters = stepsOnOwnDatabase<DeadLetterActivities>({ ...options, taskQueue: TASK_QUEUES.orders });

/** The deadlines of an order that has not come yet. */
export function deadlinesBeforeSubmission(): Promise<OrderDeadlines> {
  return book.orderDeadlines('Read the deadlines', {});
}

/** Events that this order has received and will never apply. */
export async function buryEvents(
  events: OrderEvent[],
  reason: 'unmatched' | 'late',
  detail: string,
): Promise<void> {
  const { workflowId } = workflowInfo();
  for (let from = 0; from < events.length; from += BURIED_AT_ONCE) {
    const some = events.slice(from, from + BURIED_AT_ONCE);
    const summary = `Put ${some.length} ${reason} events among the dead letters`;
    await deadLetters.buryEvents(summary, { events: some, reason, workflowId, detail });
  }
}

/** Enters the order, and fixes its deadlines. */
export function openOrder(submission: SubmittedOrder): Promise<OrderDeadlines> {
  const input = { runId: workflowInfo().firstExecutionRunId, submission, total: orderTotal(submission) };
  return book.openOrder('Enter the order', input);
}

/** The steps of one order, in the shop's words: each with its key, its summary for the UI and its deadline. */
export function stepsFor(order: SubmittedOrder, deadlines: OrderDeadlines) {
  const { orderId, email } = order;
  const total = orderTotal(order);
  const price = `${(total.amount / 100).toFixed(2)} ${total.currency}`;
  const key = (step: string, revision = 0) => `${orderId}:${step}:${revision}`;
  let refusals = 0;

  const step = { ...options, scheduleToCloseTimeout: deadlines.stepWithinMs };
  const undo = { ...options, scheduleToCloseTimeout: deadlines.undoWithinMs };
  const inventory = stepsOf<InventoryActivities>({ ...step, taskQueue: TASK_QUEUES.inventory });
  const inventoryUndo = stepsOf<InventoryActivities>({ ...undo, taskQueue: TASK_QUEUES.inventory });
  /** Behind the pivot a step has no deadline: there is no way but forward. */
  const inventoryForward = stepsOf<InventoryActivities>({ ...options, taskQueue: TASK_QUEUES.inventory });
  const paymentsForward = stepsOf<PaymentActivities>({ ...options, taskQueue: TASK_QUEUES.payments });
  const shippingForward = stepsOf<ShippingActivities>({ ...options, taskQueue: TASK_QUEUES.shipping });
  const payments = stepsOf<PaymentActivities>({ ...step, taskQueue: TASK_QUEUES.payments });
  const paymentsUndo = stepsOf<PaymentActivities>({ ...undo, taskQueue: TASK_QUEUES.payments });
  const shipping = stepsOf<ShippingActivities>({ ...step, taskQueue: TASK_QUEUES.shipping });
  const shippingUndo = stepsOf<ShippingActivities>({ ...undo, taskQueue: TASK_QUEUES.shipping });
  const notifications = stepsOf<NotificationActivities>({ ...options, taskQueue: TASK_QUEUES.notifications });

  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const articles = lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
  const authorization = { key: key('authorizePayment'), orderId, total, paymentToken: order.paymentToken };
  const booking = { key: key('createShipment'), orderId, recipient: order.shippingAddress, parcels: lines };

  return {
    price,

    reserveStock: {
      run: () => inventory.reserveStock(`Reserve ${articles}`, { key: key('reserveStock'), orderId, lines }),
      undoneBy: 'releaseStock',
      undo: () => inventoryUndo.releaseStock(`Release ${articles}`, { undoes: key('reserveStock'), orderId }),
    } satisfies CompensatableStep<void>,

    authorizePayment: {
      run: () => payments.authorizePayment(`Hold ${price} on the card`, authorization),
      undoneBy: 'voidPayment',
      undo: () => paymentsUndo.voidPayment(`Lift the hold of ${price}`, { undoes: authorization }),
    } satisfies CompensatableStep<{ paymentId: string; state: 'authorized' | 'pending' }>,

    createShipment: {
      run: () => shipping.createShipment(`Book the carrier to ${order.shippingAddress.city}`, booking),
      undoneBy: 'cancelShipment',
      undo: () => shippingUndo.cancelShipment('Cancel the booking', { undoes: booking }),
    } satisfies CompensatableStep<{ shipmentId: string; trackingNumber: string }>,

    confirmOrder: () => book.confirmOrder('Confirm the order', { key: key('confirmOrder'), orderId, total }),

    /** The goods have left: no deadline, there is no way but forward. A refused attempt's key is spent. */
    capturePayment: (paymentId: string, attempt: number) =>
      paymentsForward.capturePayment(`Take ${price}`, {
        key: key('capturePayment', attempt),
        orderId,
        paymentId,
        total,
      }),

    recordAuthorization: (paymentId: string, state: 'authorized' | 'declined') =>
      payments.recordAuthorization(`Note that the payment is ${state}`, {
        key: key('recordAuthorization'),
        paymentId,
        state,
      }),

    refundPayment: (paymentId: string) =>
      paymentsForward.refundPayment(`Give ${price} back`, {
        key: key('refundPayment'),
        orderId,
        paymentId,
        total,
      }),

    trackShipment: (shipmentId: string) =>
      shippingForward.trackShipment('Ask the carrier', { orderId, shipmentId }),

    /** One answer for each request: the requests are told apart by their number. */
    refuseCancellation: (detail: string) =>
      book.refuseCancellation('Refuse the cancellation', {
        key: key('refuseCancellation', refusals++),
        orderId,
        reason: REASONS.tooLate,
        detail,
      }),

    shipStock: () => inventoryForward.shipStock(`Book out ${articles}`, { key: key('shipStock'), orderId }),

    completeOrder: () =>
      book.closeOrder('Complete the order', { state: 'completed', key: key('closeOrder'), orderId, total }),

    closeRefundedOrder: (because: { reason: string; detail: string }) =>
      book.closeOrder('Close the order as refunded', {
        state: 'refunded',
        key: key('closeOrder'),
        orderId,
        total,
        ...because,
      }),

    closeFailedOrder: (
      state: 'rejected' | 'compensated' | 'cancelled',
      { reason, detail }: { reason: string; detail: string },
    ) =>
      book.closeOrder(`Close the order as ${state}`, {
        state,
        key: key('closeOrder'),
        orderId,
        reason,
        detail,
      }),

    notifyCustomer: (template: NotifyCustomer['template'], values: Record<string, string>) =>
      notifications.notifyCustomer(`Tell ${email}`, {
        key: key('notifyCustomer'),
        orderId,
        email,
        template,
        values,
      }),
  };
}

export type OrderSteps = ReturnType<typeof stepsFor>;
