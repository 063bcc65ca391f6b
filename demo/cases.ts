import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS } from '../src/domains/shop/names';
import type { CaseResult, DemoCase } from './case';
import { completed, DELIVERED, difference, follow, outcome } from './case';
import { deadLetterOf } from './dead-letters';
import { lateCases } from './late-cases';
import { cancellationOf, newOrderId, orderOf, submissionOf } from './orders';
import type { Shop } from './shop';
import { effectsOf, openedOrder, untilState } from './shop';

const released = ['stock released 1 x TEA-POT-GLASS', 'stock released 2 x TEA-GREEN-250'];
const address = (postalCode: string) => ({
  shippingAddress: { ...orderOf('x').shippingAddress, postalCode },
});

/** A repeat is under way for as long as it takes to dispatch it; far longer than that, it has been dealt with. */
const REPEATS_SETTLE_MS = 2_000;
const OPENED_WITHIN_MS = 30_000;

export const cases: readonly DemoCase[] = [
  follow('completed', {}, completed),
  follow('carrier-refuses', address('00000'), {
    state: 'compensated',
    compensations: ['voidPayment', 'releaseStock'],
    effects: ['message order-compensated', 'order compensated', 'payment voided 5980 EUR', ...released],
  }),
  follow(
    'declined',
    { paymentToken: 'tok_declined' },
    {
      state: 'rejected',
      compensations: ['releaseStock'],
      effects: ['message order-rejected', 'order rejected', ...released],
    },
  ),
  follow(
    'out-of-stock',
    { lines: [{ sku: 'TEA-POT-GLASS', quantity: 1_000, unitPrice: 1 }] },
    {
      state: 'rejected',
      compensations: ['voidPayment'],
      effects: ['message order-rejected', 'order rejected', 'payment voided 1000 EUR'],
    },
  ),
  { name: 'repeated', run: repeated },
  { name: 'malformed', run: malformed },
  follow('pending-authorized', { paymentToken: 'tok_pending_then_authorized' }, completed),
  follow(
    'pending-declined',
    { paymentToken: 'tok_pending_then_declined' },
    {
      state: 'rejected',
      compensations: ['releaseStock'],
      effects: ['message order-rejected', 'order rejected', 'payment declined 5980 EUR', ...released],
    },
  ),
  follow(
    'pending-for-ever',
    { paymentToken: 'tok_pending_forever' },
    {
      state: 'rejected',
      compensations: ['voidPayment', 'releaseStock'],
      effects: ['message order-rejected', 'order rejected', 'payment voided 5980 EUR', ...released],
    },
  ),
  { name: 'answer-lost', run: answerLost },
  follow('carrier-answer-lost', address('00006'), completed),
  follow('providers-stumble', { paymentToken: 'tok_unavailable_twice', ...address('00005') }, completed),
  follow('news-out-of-order', address('00007'), completed),
  { name: 'cancelled', run: cancelled },
  { name: 'cancelled-too-late', run: cancelledTooLate },
  follow('parcel-lost', address('00003'), {
    state: 'refunded',
    compensations: [],
    effects: [
      'message order-refunded',
      'order refunded',
      'payment refunded 5980 EUR',
      ...DELIVERED.filter((effect) => /^(shipment|stock)/.test(effect)),
    ],
  }),
  ...lateCases,
];

/** The same event three times: twice at once, and again when the order has completed. */
async function repeated(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('repeated');
  const { subject, body } = submissionOf(orderOf(orderId));
  // Under message ids of their own: JetStream would otherwise drop the repeats, and the bridge never see them.
  const publishAgain = (n: number) =>
    shop.nats.jetstream().publish(subject, body, { msgID: `${orderId}-${n}` });
  await publishAgain(1);
  await publishAgain(2);
  const first = await outcome(shop, orderId, completed);
  await publishAgain(3);
  await sleep(REPEATS_SETTLE_MS);

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

/** The provider takes the payment and its answer gets lost: we ask before we repeat. */
async function answerLost(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('answer-lost');
  await shop.publish(submissionOf(orderOf(orderId, { paymentToken: 'tok_timeout_after_effect' })));
  const result = await outcome(shop, orderId, completed);
  const charges = difference('charges at the provider', await countCharges(shop, orderId), 1);
  return { ...result, problems: [...result.problems, ...charges] };
}

async function countCharges({ local }: Shop, orderId: string): Promise<number> {
  const answer = await fetch(`${local.sandboxUrl}/sandbox/payments`);
  const { data } = (await answer.json()) as { data: { merchant_reference: string }[] };
  return data.filter((payment) => payment.merchant_reference === orderId).length;
}

/** A field out of range; right behind it, on the same key and so in the same partition, the corrected order. */
async function malformed(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('malformed');
  const good = submissionOf(orderOf(orderId));
  const text = new TextDecoder().decode(good.body);
  const body = new TextEncoder().encode(text.replace('"quantity":2', '"quantity":-2'));
  await shop.publish({ ...good, id: `${good.id}-malformed`, body });
  await shop.publish(good);

  const neighbour = await outcome(shop, orderId, completed);
  const letter = await deadLetterOf(shop.nats, 'invalid-data', 'orders', orderId);
  const found = letter ? `dead letter ${letter.reason} at ${letter.path}` : 'no dead letter';
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
  await shop.publish(submissionOf(orderOf(orderId, address('00001'))));
  await untilState(shop, await openedOrder(shop, orderId, OPENED_WITHIN_MS), 'awaiting-dispatch');
  await shop.publish(cancellationOf(orderId));
  return outcome(shop, orderId, {
    state: 'cancelled',
    compensations: ['cancelShipment', 'voidPayment', 'releaseStock'],
    effects: [
      'message order-cancelled',
      'order cancelled',
      'payment voided 5980 EUR',
      'shipment canceled',
      ...released,
    ],
  });
}

/** Refused with an event; the order goes its way. */
async function cancelledTooLate(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('cancelled-too-late');
  await shop.publish(submissionOf(orderOf(orderId)));
  await untilState(shop, await openedOrder(shop, orderId, OPENED_WITHIN_MS), 'awaiting-delivery');
  await shop.publish(cancellationOf(orderId));
  const result = await outcome(shop, orderId, completed);
  const refusals = await shop.database.query('select 1 from sagaline.outbox where subject = $1', [
    `evt.${EVENTS.cancellationRefused.split('.').slice(-3).join('.')}.${orderId}`,
  ]);
  return { ...result, problems: [...result.problems, ...difference('refusals', refusals.length, 1)] };
}
