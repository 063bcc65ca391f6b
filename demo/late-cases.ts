import { createHttpPaymentProvider } from '../activities/shop/payments.http';
import { newEvent, encodeEvent, sourceFor } from '../src/contracts';
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

/** Notifications that come before the order or after its end, or do not come, and one without an order. */
export const lateCases: readonly DemoCase[] = [
  { name: 'no-notification-of-the-parcel', run: noNotification },
  { name: 'notification-before-the-order', run: early },
  { name: 'notification-without-an-order', run: unmatched },
  { name: 'notification-after-the-end', run: late },
];

/** Dispatched, but no delivery is reported: the carrier is asked, then a person, who decides that the parcel has arrived. */
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
 * The provider decides on a payment before the order has arrived: the web shop has requested it already, under the key that the
 * order's own step will use. The workflow keeps the notification until the order arrives.
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

/** The order never arrives: the notification becomes a dead letter, and the workflow fails visibly. */
async function unmatched(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('unmatched');
  await shop.publish(authorizationOf(orderId));
  const opened = await openedOrder(shop, orderId);
  const deadLetter = await eventuallyDeadLetter(shop, 'unmatched', 'payments', orderId);
  // The dead letter comes first, and then the workflow fails.
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

/** The same delivery is reported again under another id, when the order has completed. */
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

/** A notification of a payment that exists nowhere. */
export function authorizationOf(orderId: string) {
  const data = { ...paymentAuthorized.example, orderId, asynchronous: true };
  return encodeEvent(newEvent(paymentAuthorized, { id: `authorized-${orderId}`, data }), {
    source: sourceFor(paymentAuthorized, SOURCE),
  });
}
