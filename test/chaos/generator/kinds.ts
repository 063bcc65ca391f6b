/** The kinds of orders that a run submits: those of the demo, each with what the customer or the carrier says later. */
import { authorizationOf } from '../../../demo/late-cases';
import {
  amendmentOf,
  cancellationOf,
  deliveryOf,
  paymentMethodOf,
  orderOf,
  submissionOf,
} from '../../../demo/orders';
import { plainOrders, shippedTo } from '../../../demo/plain-orders';
import type { OutgoingEvent } from '../../../src/contracts';
import type { SubmittedOrder } from '../../../domains/shop/events/orders';
import type { ProviderAct } from './back-office';

/** What is said of an order, or done to its payment, when its saga has come to a state, or has closed, or when that took too long. */
export type FollowUp = { readonly when: string } & (
  { readonly event: (orderId: string) => OutgoingEvent } | { readonly provider: ProviderAct }
);

export interface OrderKind {
  readonly name: string;
  /** Before the order is submitted. */
  readonly beforehand?: (orderId: string) => OutgoingEvent;
  readonly order: (orderId: string) => SubmittedOrder;
  /** In the place of the order, which never comes. */
  readonly insteadOf?: (orderId: string) => OutgoingEvent;
  readonly then: readonly FollowUp[];
  /** What a person says of a parcel without notifications. Without it: it has arrived. */
  readonly parcel?: 'lost';
  /** What the bank decides about a dispute for which a refund waits. Without it: for us. */
  readonly dispute?: 'lost';
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

const otherPaymentMethod: FollowUp = {
  when: 'awaiting-payment-method',
  event: (orderId) => paymentMethodOf(orderId, 'tok_visa'),
};

/** A provider that cancels, expires and disputes on its own. */
const ofTheProvider: readonly OrderKind[] = [
  asked('authorization-renewed', { paymentToken: 'tok_authorization_expires', ...NO_DISPATCH }),
  asked('authorization-ends', { paymentToken: 'tok_authorization_expires_for_good' }, otherPaymentMethod),
  asked('authorization-ends-unpaid', {
    paymentToken: 'tok_authorization_expires_then_declined',
    ...NO_DISPATCH,
  }),
  asked(
    'authorization-cancelled-by-hand',
    NO_DISPATCH,
    { when: 'awaiting-dispatch', provider: { act: 'cancel' } },
    otherPaymentMethod,
  ),
  // Sometimes it is gone when the parcel leaves.
  asked('authorization-expired-by-hand', {}, { when: 'awaiting-dispatch', provider: { act: 'expire' } }),
  asked(
    'three-d-secure',
    { paymentToken: 'tok_three_d_secure' },
    { when: 'placing', provider: { act: 'authenticate', outcome: 'succeeded' } },
  ),
  asked(
    'three-d-secure-failed',
    { paymentToken: 'tok_three_d_secure' },
    { when: 'placing', provider: { act: 'authenticate', outcome: 'failed' } },
    otherPaymentMethod,
  ),
  asked(
    'three-d-secure-abandoned',
    { paymentToken: 'tok_three_d_secure' },
    { when: 'placing', provider: { act: 'expire' } },
    otherPaymentMethod,
  ),
  asked('three-d-secure-authorized', { paymentToken: 'tok_three_d_secure_then_authorized' }),
  asked('three-d-secure-declined', { paymentToken: 'tok_three_d_secure_then_declined' }),
  {
    ...asked('single-use-amended', NO_DISPATCH, { when: 'awaiting-dispatch', event: fivePacks }),
    order: (orderId) =>
      orderOf(orderId, { paymentToken: `tok_single_use_${orderId}`.slice(0, 128), ...NO_DISPATCH }),
  },
  asked('disputed', { paymentToken: 'tok_disputed' }),
  asked('refunded-by-hand', {}, { when: CLOSED, provider: { act: 'refund' } }),
  {
    ...asked('refunded-in-part-and-lost', NO_DELIVERY, {
      when: 'awaiting-delivery',
      provider: { act: 'refund', amount: 1_000 },
    }),
    parcel: 'lost',
  },
  {
    ...asked('dispute-won-and-lost-parcel', NO_DELIVERY, {
      when: 'awaiting-delivery',
      provider: { act: 'dispute' },
    }),
    parcel: 'lost',
  },
  {
    ...asked('dispute-lost-and-lost-parcel', NO_DELIVERY, {
      when: 'awaiting-delivery',
      provider: { act: 'dispute' },
    }),
    parcel: 'lost',
    dispute: 'lost',
  },
];

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
  asked('another-payment-method', { paymentToken: 'tok_declined' }, otherPaymentMethod),
  asked('no-notification-of-the-parcel', NO_DELIVERY),
  asked('notification-after-the-end', {}, { when: CLOSED, event: deliveryOf }),
  asked('cancelled-after-the-end', {}, { when: CLOSED, event: cancellationOf }),
  { ...asked('notification-before-the-order', {}), beforehand: authorizationOf },
  { ...asked('notification-without-an-order', {}), insteadOf: authorizationOf },
  { ...asked('request-without-an-order', {}), insteadOf: cancellationOf },
  ...ofTheProvider,
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
