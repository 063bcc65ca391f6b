import type { OrderEnd } from '../names';
import { priceText } from './pricing';

/** The shop's books of one order. Amounts in the currency's smallest unit. */
export interface OrderBooks {
  readonly orderId: string;
  /** `placing` and `confirmed` are open, every other state is an end. */
  readonly state: string;
  /** A repair has closed the order. */
  readonly repaired?: boolean;
  readonly amount: number;
  readonly currency: string;
  /** The latest change of the order's own entry and of everything that was done for it, in milliseconds since 1970. */
  readonly changedAt: number;
  readonly payments: readonly {
    readonly state: string;
    readonly captured: number;
    readonly refunded: number;
    readonly currency: string;
  }[];
  readonly reservations: readonly { readonly state: string; readonly quantity: number }[];
  readonly shipments: readonly { readonly state: string }[];
}

/** The state of the order's workflow in Temporal. */
export type OrderSaga =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'closed';
      /** In Temporal's words, `terminated` for example. */
      readonly how: string;
      /** The state that it showed last. */
      readonly state: string;
      readonly closedAt: number;
    }
  /** The workflow never existed, or is past retention. */
  | { readonly kind: 'forgotten' };

export interface Moment {
  readonly now: number;
  /** Changes less than this ago are ignored: they may still be in progress. */
  readonly graceMs: number;
}

/** An inconsistency of an order. */
export interface OrderFinding {
  readonly key: string;
  readonly kind: 'saga-gone' | 'saga-again' | 'books-behind' | 'money' | 'stock' | 'shipment';
  readonly detail: string;
  readonly repair: 'compensate' | 'by-hand';
}

const OPEN: ReadonlySet<string> = new Set(['placing', 'confirmed']);
/** The end of a second saga of an order: the order is another one's. */
const DUPLICATE = 'duplicate' satisfies OrderEnd;
const HELD: ReadonlySet<string> = new Set(['pending', 'authorized']);

/**
 * Whether an order's workflow must be checked: for most orders it need not, and each check costs a call. It is checked for
 * every open order, and for every order that a repair has closed, because its workflow may have been reset since.
 */
export function isSuspect(books: OrderBooks, moment: Moment): boolean {
  const { changedAt, state, repaired = false } = books;
  return isSettled(changedAt, moment) && (OPEN.has(state) || repaired || leftOvers(books).length > 0);
}

/**
 * The inconsistencies that nothing is going to resolve by itself. An order with an open workflow is its saga's business,
 * whatever its books contain. An order that a repair has closed is the exception: its workflow was reset, and goes on with what
 * was compensated. Read the state of the saga **before** the books: a saga closes the books before it closes itself, so that
 * an order which ends in between counts as closed, not as abandoned.
 */
export function findingsOf(books: OrderBooks, saga: OrderSaga, moment: Moment): OrderFinding[] {
  if (!isSettled(books.changedAt, moment)) return [];
  if (saga.kind === 'open') return books.repaired === true ? [again(books)] : [];
  if (saga.kind === 'closed' && !isSettled(saga.closedAt, moment)) return [];
  if (!OPEN.has(books.state)) return leftOvers(books);
  if (saga.kind === 'closed' && saga.how === 'completed' && saga.state !== DUPLICATE)
    return [behind(books, saga.state)];
  const how = saga.kind === 'closed' ? `is ${saga.how}` : 'is unknown to Temporal';
  return [
    {
      key: books.orderId,
      kind: 'saga-gone',
      detail: `${books.state}, and its workflow ${how}; it has ${inWords(books)}`,
      // After the dispatch there is no way back: a person has to decide whether the customer gets goods or money.
      repair: hasLeft(books) ? 'by-hand' : 'compensate',
    },
  ];
}

/** A saga closes its order before itself, so the database is older: to compensate what it still has would undo what was delivered. */
function behind(books: OrderBooks, ended: string): OrderFinding {
  const detail = `${books.state}, and its workflow has ended as ${ended}: our books are older; it has ${inWords(books)}`;
  return { key: books.orderId, kind: 'books-behind', detail, repair: 'by-hand' };
}

function again({ orderId, state }: OrderBooks): OrderFinding {
  const detail = `${state} by a repair, and its workflow is open again: terminate it, or wait until its next step finds that it was compensated`;
  return { key: orderId, kind: 'saga-again', detail, repair: 'by-hand' };
}

function isSettled(changedAt: number, { now, graceMs }: Moment): boolean {
  return now - changedAt >= graceMs;
}

/** The goods have left the warehouse, or are paid for. */
function hasLeft(books: OrderBooks): boolean {
  return books.payments.some((payment) => takenOf(payment) > 0) || pieces(books, 'shipped') > 0;
}

/** Differences between an order that has ended and its books: what it still has and should not, and what it lacks. */
function leftOvers(books: OrderBooks): OrderFinding[] {
  const { state } = books;
  if (OPEN.has(state)) return [];
  const wasDelivered = state === 'completed' || state === 'refunded';
  const compensate = wasDelivered ? 'by-hand' : 'compensate';
  const findings: OrderFinding[] = [];
  const find = (kind: OrderFinding['kind'], what: string, repair: OrderFinding['repair']) =>
    findings.push({ key: books.orderId, kind, detail: `${state}, and ${what}`, repair });

  const due = state === 'completed' ? books.amount : 0;
  const paid = taken(books);
  if (paid !== due) find('money', `${price(paid, books)} of ${price(due, books)} are taken`, 'by-hand');
  for (const payment of books.payments) {
    if (payment.currency === books.currency || takenOf(payment) === 0) continue;
    const foreign = price(takenOf(payment), payment);
    find('money', `${foreign} are taken in another currency than the order’s`, 'by-hand');
  }
  const held = books.payments.filter((payment) => HELD.has(payment.state)).length;
  if (held > 0) find('money', `${held} payments are held`, compensate);
  const reserved = pieces(books, 'reserved');
  if (reserved > 0) find('stock', `${reserved} pieces are reserved`, compensate);
  const shipped = pieces(books, 'shipped');
  if (shipped > 0 && !wasDelivered) find('stock', `${shipped} pieces have left the warehouse`, 'by-hand');
  const booked = books.shipments.filter((shipment) => shipment.state === 'booked').length;
  if (booked > 0 && !wasDelivered) find('shipment', `${booked} shipments are booked`, compensate);
  return findings;
}

/** What was captured in the order's currency: amounts in different currencies are never added. */
function taken({ payments, currency }: OrderBooks): number {
  return payments
    .filter((payment) => payment.currency === currency)
    .reduce((sum, payment) => sum + takenOf(payment), 0);
}

function takenOf({ captured, refunded }: OrderBooks['payments'][number]): number {
  return captured - refunded;
}

function pieces({ reservations }: OrderBooks, state: string): number {
  return reservations.filter((each) => each.state === state).reduce((sum, { quantity }) => sum + quantity, 0);
}

function price(amount: number, { currency }: { readonly currency: string }): string {
  return priceText({ amount, currency });
}

function inWords(books: OrderBooks): string {
  const { payments, shipments } = books;
  const words = [
    ...payments.map(({ state }) => `a payment ${state}`),
    ...['reserved', 'shipped'].flatMap((state) =>
      pieces(books, state) > 0 ? [`${pieces(books, state)} pieces ${state}`] : [],
    ),
    ...shipments.map(({ state }) => `a shipment ${state}`),
  ];
  return words.join(', ') || 'nothing';
}
