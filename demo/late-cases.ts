import { createHttpPaymentProvider } from '../activities/shop/payments.http';
import { newEvent, encodeEvent } from '../src/contracts';
import { orderTotal } from '../domains/shop/rules/pricing';
import { paymentAuthorized } from '../domains/shop/events';
import type { CaseResult, DemoCase } from './case';
import { completed, difference, outcome } from './case';
import { eventuallyDeadLetter } from './dead-letters';
import { eventually, persistently } from './eventually';
import { arrivedByPhone } from './operator';
import { deliveryOf, newOrderId, orderOf, submissionOf } from './orders';
import { shippedTo } from './plain-orders';
import type { Shop } from './shop';
import { openedOrder, untilState } from './shop';

const SOURCE = '/demo/late';
const CLOSED_WITHIN_MS = 10_000;

/** A notification that comes before the order, after its end, or not at all. */
export const lateCases: readonly DemoCase[] = [
  { name: 'no-notification-of-the-parcel', run: noNotification },
  { name: 'notification-before-the-order', run: early },
  { name: 'notification-without-an-order', run: unmatched },
  { name: 'notification-after-the-end', run: late },
];

/** Dispatched, never delivered: the carrier is asked, then a person, who says that it has arrived. */
async function noNotification(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('no-notification');
  await shop.publish(submissionOf(orderOf(orderId, shippedTo('00002'))));
  const opened = await openedOrder(shop, orderId);
  await untilState(shop, opened, 'awaiting-decision');
  await arrivedByPhone(shop, opened.workflowId);
  const result = await outcome(shop, orderId, completed);
  return {
    ...result,
    actual: `awaiting-decision, then ${result.actual}`,
    expected: 'awaiting-decision, then completed',
  };
}

/**
 * The provider decides on a payment before the order has come: the web shop has asked it already, under the key that the
 * order's own step will use. The workflow keeps the notification until the order is here.
 */
async function early(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('early');
  const paymentToken = 'tok_pending_then_authorized';
  const order = orderOf(orderId, { paymentToken });
  const key = `${orderId}:authorizePayment:0`;
  const total = orderTotal(order);
  await persistently(() => paymentProvider(shop).authorize({ key, orderId, total, paymentToken }));
  await untilState(shop, await openedOrder(shop, orderId), 'awaiting-submission');
  await shop.publish(submissionOf(order));
  return outcome(shop, orderId, completed);
}

function paymentProvider({ local: { config } }: Shop) {
  const settings = config.providers['payment-provider'];
  if (!settings) throw new Error('the demo has no payment provider');
  return createHttpPaymentProvider(settings);
}

/** The order never comes: the notification is a dead letter, and the workflow has failed where everybody can see it. */
async function unmatched(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('unmatched');
  await shop.publish(authorizationOf(orderId));
  const opened = await openedOrder(shop, orderId);
  const deadLetter = await eventuallyDeadLetter(shop, 'unmatched', 'payments', orderId);
  // The dead letter comes first, and the workflow's failure right behind it.
  const closed = async () => {
    const { status } = await shop.temporal.workflow.getHandle(opened.workflowId).describe();
    return status.name === 'RUNNING' ? undefined : status.name;
  };
  const status = (await eventually(closed, CLOSED_WITHIN_MS * shop.patience)) ?? 'RUNNING';
  const actual = `${deadLetter ? 'dead letter unmatched' : 'no dead letter'}; workflow ${status}`;
  const expected = 'dead letter unmatched; workflow FAILED';
  return {
    ...opened,
    expected,
    actual,
    compensations: [],
    effects: [],
    problems: difference('end', actual, expected),
  };
}

/** The same delivery told again under another id, when the order has completed. */
async function late(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('late');
  await shop.publish(submissionOf(orderOf(orderId)));
  const result = await outcome(shop, orderId, completed);
  await shop.publish(deliveryOf(orderId));
  const deadLetter = await eventuallyDeadLetter(shop, 'late', 'logistics', orderId);
  const actual = `${result.actual}; ${deadLetter ? 'dead letter late' : 'no dead letter'}`;
  const expected = 'completed; dead letter late';
  return {
    ...result,
    expected,
    actual,
    problems: [...result.problems, ...difference('end', actual, expected)],
  };
}

/** A notification of a payment of which nobody else knows. */
export function authorizationOf(orderId: string) {
  const data = { ...paymentAuthorized.example, orderId, asynchronous: true };
  return encodeEvent(newEvent(paymentAuthorized, { id: `authorized-${orderId}`, data }), { source: SOURCE });
}
