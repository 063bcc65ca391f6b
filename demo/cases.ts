import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from 'nats';
import { EVENTS } from '../domains/shop/names';
import type { CaseResult, DemoCase } from './case';
import { completed, DELIVERED, difference, follow, outcome } from './case';
import { shippedTo, plainOrders, RELEASED } from './plain-orders';
import { deadLetterOf } from './dead-letters';
import { eventually } from './eventually';
import { lateCases } from './late-cases';
import { arrivedByPhone } from './operator';
import { operatorCases } from './operator-cases';
import { paymentCases } from './payment-cases';
import {
  amendmentOf,
  cancellationOf,
  malformedOf,
  paymentMethodOf,
  newOrderId,
  orderOf,
  submissionOf,
} from './orders';
import type { Shop } from './shop';
import { effectsOf, openedOrder, paymentsAtProvider, untilState } from './shop';

/** Far longer than a repeat takes to be dispatched: after that it has been processed. */
const REPEATS_SETTLE_MS = 2_000;
const REFUSED_WITHIN_MS = 10_000;

export const cases: readonly DemoCase[] = [
  ...plainOrders.map(follow),
  { name: 'repeated', run: repeated },
  { name: 'malformed', run: malformed },
  { name: 'answer-lost', run: answerLost },
  { name: 'cancelled', run: cancelled },
  { name: 'amended', run: amended },
  { name: 'another-payment-method', run: anotherPaymentMethod },
  { name: 'cancelled-too-late', run: cancelledTooLate },
  ...paymentCases,
  ...lateCases,
  ...operatorCases,
];

/** The same event three times: twice at once, and again when the order has completed. */
async function repeated(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('repeated');
  const { subject, body, headers: own } = await shop.prepare(submissionOf(orderOf(orderId)));
  const head = headers();
  for (const [name, value] of Object.entries(own)) head.set(name, value);
  // Each publish has its own message id: otherwise JetStream would drop the repeats, and the bridge would never see them.
  const publishAgain = (n: number) =>
    shop.nats.jetstream().publish(subject, body, { msgID: `${orderId}-${n}`, headers: head });
  await publishAgain(1);
  await publishAgain(2);
  const first = await outcome(shop, orderId, completed);
  await publishAgain(3);
  await sleep(REPEATS_SETTLE_MS * shop.patience);

  const runs = await shop.temporal.workflow.count(`WorkflowId = '${first.workflowId}'`);
  return {
    ...first,
    problems: [
      ...first.problems,
      ...difference('sagas', runs.count, 1),
      ...difference('charges at the provider', await countCharges(shop, orderId), 1),
      ...difference('effects after the third', await effectsOf(shop, orderId), DELIVERED),
    ],
  };
}

/** The provider authorises the payment and its answer is lost: the step asks the provider before it repeats the call. */
async function answerLost(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('answer-lost');
  await shop.publish(submissionOf(orderOf(orderId, { paymentToken: 'tok_timeout_after_effect' })));
  const result = await outcome(shop, orderId, completed);
  const charges = difference('charges at the provider', await countCharges(shop, orderId), 1);
  return { ...result, problems: [...result.problems, ...charges] };
}

async function countCharges(shop: Shop, orderId: string): Promise<number> {
  const payments = await paymentsAtProvider(shop);
  return payments.filter((payment) => payment.merchant_reference === orderId).length;
}

/** A field out of range, followed by the corrected order with the same key, and thus in the same partition. */
async function malformed(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('malformed');
  const good = submissionOf(orderOf(orderId));
  await shop.publish({ ...malformedOf(orderOf(orderId)), id: `${good.id}-malformed` });
  await shop.publish(good);

  const neighbour = await outcome(shop, orderId, completed);
  const deadLetter = await deadLetterOf(shop.nats, 'invalid-data', 'orders', orderId);
  const found = deadLetter ? `dead letter ${deadLetter.reason} at ${deadLetter.path}` : 'no dead letter';
  const wanted = 'dead letter invalid-data at data.lines[0].quantity';
  return {
    ...neighbour,
    expected: `${wanted}; neighbour completed`,
    actual: `${found}; neighbour ${neighbour.actual}`,
    problems: [...neighbour.problems, ...difference('dead letter', found, wanted)],
  };
}

async function cancelled(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('cancelled');
  // This carrier never fetches the parcel, so the cancellation cannot come too late.
  await shop.publish(submissionOf(orderOf(orderId, shippedTo('00001'))));
  await untilState(shop, await openedOrder(shop, orderId), 'awaiting-dispatch');
  await shop.publish(cancellationOf(orderId));
  return outcome(shop, orderId, {
    state: 'cancelled',
    compensations: ['cancelShipment', 'voidPayment', 'releaseStock'],
    effects: [
      'message order-cancelled',
      'order cancelled',
      'payment voided 5980 EUR',
      'shipment canceled',
      ...RELEASED,
    ],
  });
}

/** More of one article, none of the other, and an address at which the carrier fetches parcels at once. */
async function amended(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('amended');
  // This carrier never fetches the parcel, so the amendment cannot come too late.
  await shop.publish(submissionOf(orderOf(orderId, shippedTo('00001'))));
  await untilState(shop, await openedOrder(shop, orderId), 'awaiting-dispatch');
  await shop.publish(
    amendmentOf(orderId, {
      lines: [{ sku: 'TEA-GREEN-250', quantity: 5, unitPrice: 1_290 }],
      shippingAddress: orderOf(orderId).shippingAddress,
    }),
  );
  return outcome(shop, orderId, {
    state: 'completed',
    // The old booking is cancelled after the new one is made.
    compensations: ['cancelShipment'],
    effects: [
      'message order-completed',
      'order completed',
      'payment captured 470 EUR',
      'payment captured 5980 EUR',
      'shipment booked',
      'shipment canceled',
      'stock released 1 x TEA-POT-GLASS',
      'stock shipped 2 x TEA-GREEN-250',
      'stock shipped 3 x TEA-GREEN-250',
    ],
  });
}

/** The first card is refused; the customer has another one. */
async function anotherPaymentMethod(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('another-payment-method');
  await shop.publish(submissionOf(orderOf(orderId, { paymentToken: 'tok_declined' })));
  await untilState(shop, await openedOrder(shop, orderId), 'awaiting-payment-method');
  await shop.publish(paymentMethodOf(orderId, 'tok_visa'));
  return outcome(shop, orderId, completed);
}

/** The parcel has left: the cancellation is refused with an event, and the order goes on. */
async function cancelledTooLate(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('cancelled-too-late');
  // This carrier sends nothing after the dispatch, so the order cannot end before the cancellation arrives.
  await shop.publish(submissionOf(orderOf(orderId, shippedTo('00002'))));
  const opened = await openedOrder(shop, orderId);
  await untilState(shop, opened, 'awaiting-delivery');
  await shop.publish(cancellationOf(orderId));
  const refusal = `evt.${EVENTS.cancellationRefused.split('.').slice(-3).join('.')}.${orderId}`;
  const refusals = await eventually(async () => {
    const rows = await shop.database.query('select 1 from sagaline.outbox where subject = $1', [refusal]);
    return rows.length > 0 ? rows : undefined;
  }, REFUSED_WITHIN_MS * shop.patience);
  await untilState(shop, opened, 'awaiting-decision');
  await arrivedByPhone(shop, opened.workflowId);
  const result = await outcome(shop, orderId, completed);
  return { ...result, problems: [...result.problems, ...difference('refusals', refusals?.length, 1)] };
}
