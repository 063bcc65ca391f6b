import { workflowInfo } from '@temporalio/workflow';
import type { ForwardSteps } from 'sagaline/workflow';
import { failureOf, FAILURES, openDeadLetterChannel, openSteps } from 'sagaline/workflow';
import type { NotifyCustomer } from '../../../activities/shop/notifications';
import type { OrderDeadlines } from '../../../activities/shop/orders';
import {
  inventory,
  notifications,
  orders,
  payments,
  records,
  shipping,
} from '../../../domains/shop/capabilities';
import type { SubmittedOrder } from '../../../domains/shop/events/orders';
import { REFUSALS, TASK_QUEUES } from '../../../domains/shop/names';
import type { StockLine } from '../../../domains/shop/rules/allocation';
import { orderTotal } from '../../../domains/shop/rules/pricing';
import type { Order } from './parts';

const taskQueue = TASK_QUEUES.orders;

/** Events that an order has received and will never apply. */
export const deadLetterChannel = openDeadLetterChannel({ taskQueue });

/** The steps on the record of one order. */
export function recordsOf(orderId: string) {
  return openSteps({ key: orderId, common: { orderId }, taskQueue })(records);
}

export type OrderRecords = ReturnType<typeof recordsOf>;

/** Enters the order, and reads its deadlines, which are then fixed. */
export async function openOrder(
  { openOrder: enter, orderDeadlines }: OrderRecords,
  submission: SubmittedOrder,
  forward: ForwardSteps,
): Promise<OrderDeadlines> {
  const runId = workflowInfo().firstExecutionRunId;
  const entry = enter({ runId, submission, total: orderTotal(submission) });
  return (await forward.pivot(entry)) ?? orderDeadlines({}).run();
}

/** All other steps of one order, as domains/shop/capabilities.ts declares them. */
export function stepsOf(orderId: string, deadlines: OrderDeadlines) {
  const use = openSteps({ key: orderId, common: { orderId }, deadlines, taskQueue });
  return { ...use(orders), ...use(inventory), ...use(payments), ...use(shipping), ...use(notifications) };
}

export type OrderSteps = ReturnType<typeof stepsOf>;

/** The result of a step that was compensated before it was done: a repair has compensated the order. */
export const COMPENSATED = 'compensated';

export async function unlessCompensated(run: () => Promise<void>): Promise<typeof COMPENSATED | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (failureOf(error).type !== FAILURES.stepCompensated) throw error;
    return COMPENSATED;
  }
}

/**
 * Sends the customer a message. An address to which nothing can be sent is not a failure of the order: its history shows that the
 * customer was not notified.
 *
 * @returns `compensated` when a repair has made the message impossible
 */
export function notifyCustomer(
  { steps, forward, email }: Order,
  template: NotifyCustomer['template'],
  values: Record<string, string>,
): Promise<typeof COMPENSATED | undefined> {
  const { run, ...call } = steps.notifyCustomer({ email, template, values });
  return forward.retriable({
    ...call,
    run: async (within) => {
      try {
        return await unlessCompensated(() => run(within));
      } catch (error) {
        if (failureOf(error).type !== REFUSALS.recipientRefused) throw error;
        return undefined;
      }
    },
  });
}

/** The lines with only their article and quantity. */
export function piecesOf(lines: readonly StockLine[]) {
  return lines.map(({ sku, quantity }) => ({ sku, quantity }));
}
