import { EVENTS_STREAM } from '../src/adapters/nats';
import type { Database } from '../src/adapters/postgres';
import type { Money } from '../domains/shop/events/shapes';
import { priceText } from '../domains/shop/rules/pricing';
import { difference } from './case';
import { countDeadLetters } from './dead-letters';
import { eventually } from './eventually';
import type { Shop } from './shop';
import { paymentsAtProvider } from './shop';

/** What the cases leave on purpose; without this list it would count as a mistake. */
interface LeftBehind {
  /** Dead letters by reason; any other dead letter is an event that was not applied. */
  readonly expectedDeadLetters: Readonly<Record<string, number>>;
  /** Refunded in the provider's back office: our books do not have it. */
  readonly refundedByHand: Money;
}

export const BY_THE_CASES = {
  expectedDeadLetters: { 'invalid-data': 2, late: 1, unmatched: 1 },
  refundedByHand: { amount: 100, currency: 'EUR' },
} satisfies LeftBehind;
export const NOTHING: LeftBehind = {
  expectedDeadLetters: {},
  refundedByHand: { amount: 0, currency: 'EUR' },
};

const OUTBOX_EMPTY_WITHIN_MS = 10_000;

export interface Books {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** Checks the whole shop when every case has ended: money and stock add up, and every notification was published. */
export async function checkBooks(
  shop: Shop,
  { expectedDeadLetters, refundedByHand }: LeftBehind = BY_THE_CASES,
): Promise<Books> {
  const { database } = shop;
  const all = await amounts(
    database,
    'select currency, captured - refunded as amount from payments.payments',
  );
  const taken = inPrices(all);
  const left = inPrices([...all, { ...refundedByHand, amount: -refundedByHand.amount }]);
  const owed = inPrices(
    await amounts(database, "select currency, amount from orders.orders where state = 'completed'"),
  );
  const [stock] = await database.query<{ accounted: string; received: string }>(
    'select sum(on_hand + reserved + shipped) as accounted, sum(received) as received from inventory.stock',
  );
  const [open] = await database.query<{ orders: string; reserved: string }>(
    `select (select count(*) from orders.orders where state in ('placing', 'confirmed')) as orders,
            (select coalesce(sum(reserved), 0) from inventory.stock) as reserved`,
  );
  const unpublished = await outboxRows(shop);
  const provider = await providersBooks(shop);
  const deadLetters = await countDeadLetters(shop);
  const notification = await countNotifications(shop);
  return {
    lines: [
      `money   captured − refunded ${taken} = completed orders ${owed}`,
      `charged ${provider.payments} payments at the provider, ${provider.known} in our books; it holds ${provider.taken}, has given back ${priceText(refundedByHand)} by hand`,
      `stock   on hand + reserved + shipped ${stock?.accounted ?? ''} = received ${stock?.received ?? ''}`,
      `open    ${open?.orders ?? ''} orders, ${open?.reserved ?? ''} pieces reserved`,
      `outbox  ${unpublished} events unpublished`,
      `events  ${notification.written} events written, ${notification.missing} of them not in the stream, ${notification.doubled} twice`,
      `dead    ${inWords(deadLetters)}`,
    ],
    problems: [
      ...difference('money', taken, owed),
      ...difference("the provider's money", provider.taken, left),
      ...difference('payments at the provider', provider.payments, provider.known),
      ...difference('stock', stock?.accounted, stock?.received),
      ...difference('open', open, { orders: '0', reserved: '0' }),
      ...difference('outbox', unpublished, 0),
      ...difference('notification', [notification.missing, notification.doubled], [0, 0]),
      ...difference('dead letters', inWords(deadLetters), inWords(expectedDeadLetters)),
    ],
  };
}

async function amounts(database: Database, select: string): Promise<Money[]> {
  const rows = await database.query<{ currency: string; amount: string }>(select);
  return rows.map(({ currency, amount }) => ({ currency, amount: Number(amount) }));
}

/** Amounts of one currency are added; amounts of different currencies never are. */
function inPrices(amounts: readonly Money[]): string {
  const sum = new Map<string, number>();
  for (const { currency, amount } of amounts) sum.set(currency, (sum.get(currency) ?? 0) + amount);
  const prices = [...sum].flatMap(([currency, amount]) =>
    amount === 0 ? [] : [priceText({ currency, amount })],
  );
  return prices.sort().join(' + ') || 'nothing';
}

async function outboxRows({ database, patience }: Shop): Promise<number> {
  const count = async () =>
    (await database.query('select 1 from sagaline.outbox where published_at is null')).length;
  const empty = async () => ((await count()) === 0 ? 0 : undefined);
  return (await eventually(empty, OUTBOX_EMPTY_WITHIN_MS * patience)) ?? count();
}

/**
 * A payment more than we know of would be a double charge. A payment that was declined at once holds no money, and has no
 * row of ours.
 */
async function providersBooks(shop: Shop): Promise<{ payments: number; known: number; taken: string }> {
  const payments = (await paymentsAtProvider(shop)).filter(({ status }) => status !== 'declined');
  const known = await shop.database.query("select 1 from payments.payments where state <> 'declined'");
  return {
    payments: payments.length,
    known: known.length,
    taken: inPrices(
      payments.map((payment) => ({
        currency: payment.currency,
        amount: payment.amount_captured - payment.amount_refunded,
      })),
    ),
  };
}

/** Compares what the outbox has sent with the stream: our events have no other publisher. */
async function countNotifications({ database, nats }: Shop) {
  const rows = await database.query<{ subject: string; written: string }>(
    "select subject, count(*) as written from sagaline.outbox where subject like 'evt.%' group by 1",
  );
  const manager = await nats.jetstreamManager();
  const { state } = await manager.streams.info(EVENTS_STREAM, { subjects_filter: 'p.>' });
  // Stored as `p.<lane>.<partition>.<context>…`, published as `evt.<context>…`.
  const stored = new Map(
    Object.entries(state.subjects ?? {}).map(([subject, count]) => [
      subject.replace(/^p\.\d+\.\d+/, 'evt'),
      count,
    ]),
  );
  const surplus = rows.map(({ subject, written }) => (stored.get(subject) ?? 0) - Number(written));
  return {
    written: rows.reduce((sum, { written }) => sum + Number(written), 0),
    missing: surplus.reduce((sum, more) => sum + Math.max(0, -more), 0),
    doubled: surplus.reduce((sum, more) => sum + Math.max(0, more), 0),
  };
}

function inWords(counts: Readonly<Record<string, number>>): string {
  const words = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  return words.sort().join(', ') || 'none';
}
