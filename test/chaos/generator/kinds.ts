/** The kinds of orders that a run submits: those of the demo, each with what the customer or the carrier says later. */
import { authorizationOf } from '../../../demo/late-cases';
import {
  amendmentOf,
  cancellationOf,
  deliveryOf,
  meansOf,
  orderOf,
  submissionOf,
} from '../../../demo/orders';
import { plainOrders, shippedTo } from '../../../demo/plain-orders';
import type { OutgoingEvent } from '../../../src/contracts';
import type { SubmittedOrder } from '../../../src/domains/shop/events/orders';

/** What is said of an order when its saga has come to a state, or has closed, or when that took too long. */
export interface FollowUp {
  readonly when: string;
  readonly event: (orderId: string) => OutgoingEvent;
}

export interface OrderKind {
  readonly name: string;
  /** Before the order is submitted. */
  readonly beforehand?: (orderId: string) => OutgoingEvent;
  readonly order: (orderId: string) => SubmittedOrder;
  /** In the place of the order, which never comes. */
  readonly insteadOf?: (orderId: string) => OutgoingEvent;
  readonly then: readonly FollowUp[];
}

const NO_DISPATCH = shippedTo('00001');
const NO_DELIVERY = shippedTo('00002');

/** Awaited by nobody: it is said as soon as the order is. */
export const AT_ONCE = 'at-once';
/** No saga says so before it ends, which is what is waited for. */
const CLOSED = 'closed';

const asked = (name: string, changes: Partial<SubmittedOrder>, ...then: FollowUp[]): OrderKind => ({
  name,
  order: (orderId) => orderOf(orderId, changes),
  then,
});

const fivePacks = (orderId: string) =>
  amendmentOf(orderId, {
    lines: [{ sku: 'TEA-GREEN-250', quantity: 5, unitPrice: 1_290 }],
    shippingAddress: orderOf(orderId).shippingAddress,
  });

const kinds: readonly OrderKind[] = [
  ...plainOrders.map(({ name, changes }) => asked(name, changes)),
  asked('answer-lost', { paymentToken: 'tok_timeout_after_effect' }),
  asked('slow-payment', { paymentToken: 'tok_slow' }),
  asked('cancelled', NO_DISPATCH, { when: 'awaiting-dispatch', event: cancellationOf }),
  asked('cancelled-at-once', {}, { when: AT_ONCE, event: cancellationOf }),
  asked('cancelled-too-late', NO_DELIVERY, { when: 'awaiting-delivery', event: cancellationOf }),
  asked('amended', NO_DISPATCH, { when: 'awaiting-dispatch', event: fivePacks }),
  asked('amended-at-once', {}, { when: AT_ONCE, event: fivePacks }),
  asked(
    'amended-and-cancelled',
    NO_DISPATCH,
    { when: 'awaiting-dispatch', event: fivePacks },
    { when: AT_ONCE, event: cancellationOf },
  ),
  asked(
    'another-means',
    { paymentToken: 'tok_declined' },
    { when: 'awaiting-means', event: (orderId) => meansOf(orderId, 'tok_visa') },
  ),
  asked('no-news-of-the-parcel', NO_DELIVERY),
  asked('news-after-the-end', {}, { when: CLOSED, event: deliveryOf }),
  asked('cancelled-after-the-end', {}, { when: CLOSED, event: cancellationOf }),
  { ...asked('news-before-the-order', {}), beforehand: authorizationOf },
  { ...asked('news-without-an-order', {}), insteadOf: authorizationOf },
  { ...asked('wish-without-an-order', {}), insteadOf: cancellationOf },
];

const byName = new Map(kinds.map((kind) => [kind.name, kind]));
export const KIND_NAMES: readonly string[] = [...byName.keys()];

export function kindOf(name: string): OrderKind {
  const kind = byName.get(name);
  if (!kind) throw new Error(`there is no kind of order "${name}"`);
  return kind;
}

/** The first event of an order: its submission, but for those that never come. */
export function firstEventOf({ insteadOf, order }: OrderKind, orderId: string): OutgoingEvent {
  return insteadOf?.(orderId) ?? submissionOf(order(orderId));
}
