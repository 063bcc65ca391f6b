import { EVENTS_STREAM } from '../src/adapters/nats';
import type { Finding } from '../src/contracts';
import { paymentActionRequested } from '../domains/shop/events';
import { authenticate, paymentOf, refundByHand } from './at-the-provider';
import { BY_THE_CASES } from './books';
import type { CaseResult, DemoCase } from './case';
import { completed, DELIVERED, difference, outcome } from './case';
import { eventually } from './eventually';
import { operator } from './operator';
import { amendmentOf, paymentMethodOf, newOrderId, orderOf, submissionOf } from './orders';
import { RELEASED, shippedTo } from './plain-orders';
import type { Shop } from './shop';
import { openedOrder, untilState } from './shop';

const WITHIN_MS = 30_000;

/** What happens to a payment at the provider, after its answer to us. */
export const paymentCases: readonly DemoCase[] = [
  { name: 'authorization-renewed', run: authorizationRenewed },
  { name: 'authorization-expired', run: authorizationExpired },
  { name: 'three-d-secure', run: confirmed },
  { name: 'three-d-secure-failed', run: unconfirmed },
  { name: 'refunded-at-the-provider', run: refundedAtTheProvider },
];

/** The authorization would expire before the carrier comes: it is renewed, and the same payment is captured in the end. */
async function authorizationRenewed(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('authorization-renewed');
  await shop.publish(submissionOf(neverFetched(orderId, 'tok_authorization_expires')));
  const opened = await openedOrder(shop, orderId);
  await untilState(shop, opened, 'awaiting-dispatch');
  const { authorization_expires_at: first = Infinity } = await paymentOf(shop, orderId);
  const renewed = await eventually(async () => {
    const { authorization_expires_at: now = 0 } = await paymentOf(shop, orderId);
    return now > first ? true : undefined;
  }, WITHIN_MS * shop.patience);
  await fetchedAfterAll(shop, orderId);
  const result = await outcome(shop, orderId, {
    ...completed,
    compensations: ['cancelShipment'],
    effects: [...DELIVERED, 'shipment canceled'],
  });
  return { ...result, problems: [...result.problems, ...difference('renewed', renewed, true)] };
}

/** The authorization cannot be renewed: the parcel is called back, and the customer is asked and pays with another method. */
async function authorizationExpired(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('authorization-expired');
  await shop.publish(submissionOf(neverFetched(orderId, 'tok_authorization_expires_for_good')));
  const opened = await openedOrder(shop, orderId);
  await untilState(shop, opened, 'awaiting-payment-method');
  await shop.publish(paymentMethodOf(orderId, 'tok_visa'));
  await untilState(shop, opened, 'awaiting-dispatch');
  await fetchedAfterAll(shop, orderId);
  const result = await outcome(shop, orderId, {
    ...completed,
    compensations: ['cancelShipment', 'voidPayment', 'cancelShipment'],
    effects: [...DELIVERED, 'payment voided 5980 EUR', 'shipment canceled', 'shipment canceled'],
  });
  return inWords(result, 'awaiting-payment-method, then');
}

/** This carrier never fetches the parcel, so the authorization expires first. */
const neverFetched = (orderId: string, paymentToken: string) =>
  orderOf(orderId, { paymentToken, ...shippedTo('00001') });

/** Changes the address to one at which the carrier fetches parcels at once. */
const fetchedAfterAll = (shop: Shop, orderId: string) =>
  shop.publish(amendmentOf(orderId, { shippingAddress: orderOf(orderId).shippingAddress }));

async function confirmed(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('three-d-secure');
  await confirmPayment(shop, orderId, 'succeeded');
  return inWords(await outcome(shop, orderId, completed), 'confirmed at the bank, then');
}

/** Not confirmed at the bank, and no other method is provided: rejected. */
async function unconfirmed(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('three-d-secure-failed');
  await confirmPayment(shop, orderId, 'failed');
  const result = await outcome(shop, orderId, {
    state: 'rejected',
    compensations: ['releaseStock'],
    effects: ['message order-rejected', 'order rejected', 'payment declined 5980 EUR', ...RELEASED],
  });
  return inWords(result, 'refused at the bank, then');
}

/** The link is published in an event; the web shop sends the customer there. */
async function confirmPayment(shop: Shop, orderId: string, answer: 'succeeded' | 'failed'): Promise<void> {
  await shop.publish(submissionOf(orderOf(orderId, { paymentToken: 'tok_three_d_secure' })));
  const url = await eventually(() => linkFor(shop, orderId), WITHIN_MS * shop.patience);
  if (url === undefined) throw new Error(`${orderId}: no event asks for the confirmation of the payment`);
  await authenticate(url, answer);
}

async function linkFor({ nats }: Shop, orderId: string): Promise<string | undefined> {
  const manager = await nats.jetstreamManager();
  try {
    const message = await manager.streams.getMessage(EVENTS_STREAM, {
      last_by_subj: `p.*.*.orders.payment-action-requested.v1.${orderId}`,
    });
    const event = message.json<{ data: unknown }>();
    return paymentActionRequested.schema.parse(event.data).url;
  } catch {
    return undefined;
  }
}

/** A refund that the shop is not told of: only the provider's own books have it, and `sagaline reconcile` reports it. */
async function refundedAtTheProvider(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('refunded');
  await shop.publish(submissionOf(orderOf(orderId)));
  const result = await outcome(shop, orderId, completed);
  const clean = await reconcile(shop, orderId);
  await refundByHand(shop, orderId, BY_THE_CASES.refundedByHand.amount);
  const found = await eventually(async () => {
    const findings = await reconcile(shop, orderId);
    return findings.length > 0 ? findings : undefined;
  }, WITHIN_MS * shop.patience);
  const { id } = await paymentOf(shop, orderId);
  const details = (found ?? []).map(({ kind, repair, detail }) => `${kind}, ${repair}: ${detail}`);
  const expected = `money, by-hand: ${id} has 1.00 EUR given back at the provider, 0.00 EUR in our books`;
  return {
    ...result,
    expected: 'completed; finding money',
    actual: `${result.actual}; finding ${(found ?? []).map(({ kind }) => kind).join(', ') || 'none'}`,
    problems: [
      ...result.problems,
      ...difference('findings before', clean, []),
      ...difference('findings', details, [expected]),
    ],
  };
}

async function reconcile(shop: Shop, orderId: string): Promise<readonly Finding[]> {
  const { answer } = await operator(shop, 'reconcile', '--order', orderId);
  return (answer['findings'] ?? []) as Finding[];
}

function inWords(result: CaseResult, before: string): CaseResult {
  return {
    ...result,
    actual: `${before} ${result.actual}`,
    expected: `${before} ${result.expected}`,
  };
}
