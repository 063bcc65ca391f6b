/** Money: our books, the provider's, and reconciliation between the two, also where the provider has acted on its own. */
import { EVENTS } from '../../../domains/shop/names';
import type { Evidence, OrderRow, PaymentRow, ProviderPayment } from '../evidence/types';
import type { Invariant } from './invariant';
import { calledBackByHand, each, grouped, sumOf, together } from './invariant';

/** By hand at the provider, as only its own webhook tells it. */
interface RefundEvent {
  readonly paymentId: string;
  readonly asynchronous: boolean;
}

/** What nobody of ours has asked for, and what a person of ours has done outside of our books. */
interface Outside {
  readonly refundedByHand: (payment: { readonly id: string }) => boolean;
  /** The order's payment was taken, or given back, by a person, or let go. */
  readonly decidedByPerson: (orderId: string, what: 'capturePayment' | 'refundPayment') => boolean;
}

function outsideOf({ stream, decided }: Evidence): Outside {
  const refunds = new Set(
    stream.flatMap(({ event }) => {
      if (event?.type !== EVENTS.paymentRefunded) return [];
      const { paymentId, asynchronous } = event.data as RefundEvent;
      return asynchronous ? [paymentId] : [];
    }),
  );
  const decisions = new Set(
    decided.flatMap(({ orderId, what, decision }) => (decision === 'retry' ? [] : [`${orderId} ${what}`])),
  );
  return {
    refundedByHand: ({ id }) => refunds.has(id),
    decidedByPerson: (orderId, what) => decisions.has(`${orderId} ${what}`),
  };
}

const taken = ({ captured, refunded }: { captured: number; refunded: number }) => captured - refunded;

/** By how much more was paid than is due, in our books. */
function surplusOf({ state, amount }: OrderRow, payments: readonly PaymentRow[]): number {
  return sumOf(payments, taken) - (state === 'completed' ? amount : 0);
}

const paid: Invariant = {
  name: 'what was paid is what completed orders cost',
  check: (evidence) => {
    const { books, provider } = evidence;
    const { refundedByHand, decidedByPerson } = outsideOf(evidence);
    const payments = grouped(books.payments, ({ orderId }) => orderId);
    const atProvider = grouped(provider.payments, ({ orderId }) => orderId);
    return each(books.orders, (order) => {
      const { orderId, state } = order;
      const own = payments.get(orderId) ?? [];
      const surplus = surplusOf(order, own);
      const lost = sumOf(atProvider.get(orderId) ?? [], ({ dispute }) =>
        dispute?.status === 'lost' ? dispute.amount : 0,
      );
      // Taken by hand, or let go; what our books have followed when somebody has given back at the provider.
      const mayLack = decidedByPerson(orderId, 'capturePayment') || own.some(refundedByHand);
      // The bank has taken it already, or a person has given it back by hand.
      const mayKeep = surplus === lost || decidedByPerson(orderId, 'refundPayment');
      const isExplained = surplus === 0 || (surplus < 0 ? mayLack : mayKeep);
      const open = own.filter((payment) => ['pending', 'authorized'].includes(payment.state));
      return [
        ...(isExplained ? [] : [`${orderId} is ${state}: ${surplus} too much is paid`]),
        ...open.map(({ id }) => `${orderId} is ${state}: the payment ${id} is held`),
      ];
    });
  },
};

/** What a status of the provider's is in our books. */
const OURS: Readonly<Record<ProviderPayment['status'], string>> = {
  requires_action: 'pending',
  pending: 'pending',
  requires_capture: 'authorized',
  declined: 'declined',
  canceled: 'voided',
  captured: 'captured',
  partially_refunded: 'captured',
  refunded: 'refunded',
};

/** Something in which a payment of the provider's is not as in our books, and whether the provider alone has made it so. */
interface Difference {
  readonly words: string;
  readonly isTheirs: boolean;
}

function differencesOf(
  theirs: ProviderPayment,
  ours: PaymentRow | undefined,
  { refundedByHand }: Outside,
): Difference[] {
  const { status, dispute, cancellationReason = 'requested' } = theirs;
  const state = OURS[status];
  // What was declined at once holds no money, and has no row of ours; nor has what was never to be.
  if (!ours) {
    const isNothing = ['declined', 'voided'].includes(state);
    return isNothing ? [] : [{ words: `${state}, and not in our books`, isTheirs: false }];
  }
  const byHand = refundedByHand(theirs);
  const isLifted = state === 'voided' && cancellationReason !== 'requested';
  const differs = (field: string, one: unknown, other: unknown, isTheirs: boolean) =>
    one === other ? [] : [{ words: `${field} ${String(one)} for our ${String(other)}`, isTheirs }];
  const price = ({ amount, currency }: ProviderPayment | PaymentRow) => `${amount} ${currency}`;
  return [
    ...differs('order', theirs.orderId, ours.orderId, false),
    ...differs('price', price(theirs), price(ours), false),
    ...differs('state', state, ours.state, isLifted || (state === 'refunded' && byHand)),
    ...differs('captured', theirs.captured, ours.captured, false),
    ...differs('refunded', theirs.refunded, ours.refunded, byHand && theirs.refunded > ours.refunded),
    ...(dispute && dispute.status !== 'won'
      ? [{ words: `disputed over ${dispute.amount}, ${dispute.status}`, isTheirs: true }]
      : []),
  ];
}

const HELD: readonly string[] = ['pending', 'authorized'];

const providersBooks: Invariant = {
  name: 'the provider’s books equal ours, or reconciliation names the difference',
  check: (evidence) => {
    const { books, provider, reconciliation } = evidence;
    const outside = outsideOf(evidence);
    const ours = new Map(books.payments.map((payment) => [payment.id, payment]));
    const theirs = new Map(provider.payments.map((payment) => [payment.id, payment]));
    const named = grouped(reconciliation.findings.filter(isMoney), paymentIn);
    const ofProvider = each(provider.payments, (payment) => {
      const { id, orderId, status } = payment;
      const differences = differencesOf(payment, ours.get(id), outside);
      const findings = named.get(id) ?? [];
      const words = differences.map((each) => each.words).join('; ') || 'no difference';
      return [
        ...differences
          .filter(({ isTheirs }) => !isTheirs)
          .map((each) => `${orderId}: ${id} is ${each.words}, and the provider has not done that on its own`),
        ...(findings.length === differences.length
          ? []
          : [`${orderId}: ${id} has ${words}, and reconciliation names ${findings.length}`]),
        ...(HELD.includes(OURS[status]) ? [`${orderId}: ${id} is ${status} at the provider`] : []),
      ];
    });
    const unknown = each(books.payments, ({ id, orderId }) =>
      theirs.has(id) ? [] : [`${orderId}: the provider knows no ${id}`],
    );
    return together(ofProvider, unknown);
  },
};

const isMoney = ({ kind }: { readonly kind: string }) => kind === 'money';

/** The payment that a finding is about comes first; an order's own finding names none. */
function paymentIn({ detail }: { readonly detail: string }): string {
  return detail.split(' ', 1)[0] ?? '';
}

const reconciled: Invariant = {
  name: 'reconciliation finds what others have done, and nothing else',
  check: (evidence) => {
    const { books, provider, reconciliation } = evidence;
    const { findings, checked, omitted } = reconciliation;
    const ofPayments = new Set(provider.payments.map(({ id }) => id));
    const payments = grouped(books.payments, ({ orderId }) => orderId);
    const unbalanced = new Set(
      books.orders
        .filter((order) => surplusOf(order, payments.get(order.orderId) ?? []) !== 0)
        .map(({ orderId }) => orderId),
    );
    const calledBack = calledBackByHand(evidence);
    const ofOrders = findings.filter((finding) => !isMoney(finding) || !ofPayments.has(paymentIn(finding)));
    const told = new Set(ofOrders.filter(isMoney).map(({ orderId }) => orderId));
    const unexplained = ofOrders.filter(({ orderId, kind }) => {
      // A parcel that somebody has called back on the phone is booked in our books.
      if (kind === 'shipment') return !calledBack.has(orderId);
      return kind !== 'money' || !unbalanced.has(orderId);
    });
    return {
      checked,
      violations: [
        ...unexplained.map(({ orderId, kind, detail }) => `${orderId}: ${kind}, ${detail}`),
        ...[...unbalanced]
          .filter((orderId) => !told.has(orderId))
          .map((orderId) => `${orderId} does not add up, and reconciliation does not say so`),
        ...(omitted === 0 ? [] : [`the report had no room for ${omitted} findings`]),
      ],
    };
  },
};

export const money: readonly Invariant[] = [paid, providersBooks, reconciled];
