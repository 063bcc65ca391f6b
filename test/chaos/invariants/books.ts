/** Stock and parcels add up, in our own books and in those of the carrier; nothing was done twice. */
import type { SubmittedOrder } from '../../../domains/shop/events/orders';
import { EVENTS } from '../../../domains/shop/names';
import type { Evidence } from '../evidence/types';
import type { Invariant } from './invariant';
import { calledBackByHand, each, grouped, sumOf, together } from './invariant';
import { notificationsOf } from './notifications';

const stock: Invariant = {
  name: 'stock on hand, reserved and shipped is what was received',
  check: ({ books }) => {
    const shippedOf = (sku: string) =>
      sumOf(
        books.reservations.filter((row) => row.sku === sku && row.state === 'shipped'),
        ({ quantity }) => quantity,
      );
    return together(
      each(books.stock, ({ place, sku, received, onHand, reserved, shipped }) => [
        ...(onHand + reserved + shipped === received ? [] : [`${sku} in ${place} does not add up`]),
        ...(reserved === 0 ? [] : [`${reserved} of ${sku} in ${place} are reserved for nobody`]),
      ]),
      each(
        grouped(books.stock, ({ sku }) => sku),
        ([sku, rows]) => {
          const [left, booked] = [sumOf(rows, ({ shipped }) => shipped), shippedOf(sku)];
          return left === booked ? [] : [`${left} of ${sku} have left, ${booked} were booked out`];
        },
      ),
      each(books.reservations, ({ orderId, sku, state }) =>
        state === 'reserved' ? [`${orderId} has still ${sku} reserved`] : [],
      ),
    );
  },
};

const DELIVERED: ReadonlySet<string> = new Set(['completed', 'refunded']);

const oncePerOrder: Invariant = {
  name: 'nothing was done twice for an order',
  check: (evidence) => {
    const { books, provider } = evidence;
    const calledBack = calledBackByHand(evidence);
    const notification = notificationsOf(evidence);
    const ordered = linesIn(evidence);
    const reservations = grouped(books.reservations, ({ orderId }) => orderId);
    const messages = grouped(books.messages, ({ orderId }) => orderId);
    const booked = grouped(
      books.shipments.filter(({ state }) => state === 'booked'),
      ({ orderId }) => orderId,
    );
    const atCarrier = grouped(
      provider.shipments.filter(({ status }) => status !== 'canceled'),
      ({ orderId }) => orderId,
    );
    return each(books.orders, ({ orderId, state }) => {
      const wrong: string[] = [];
      const templates = (messages.get(orderId) ?? []).map(({ template }) => template);
      if (templates.join() !== `order-${state}`)
        wrong.push(`${orderId} is ${state}, and was told ${templates.join() || 'nothing'}`);
      const shipped = piecesOf((reservations.get(orderId) ?? []).filter((row) => row.state === 'shipped'));
      const due = DELIVERED.has(state) ? piecesOf(ordered.get(orderId) ?? []) : '';
      // An amended order wants something else than it was submitted with.
      const isAmended = DELIVERED.has(state) && notification('orders', 'amended', orderId) > 0;
      if (!isAmended && shipped !== due)
        wrong.push(`${orderId} is ${state}: ${shipped || 'nothing'} has left, not ${due || 'nothing'}`);
      const [ours, theirs] = [booked, atCarrier].map((shipments) => shipments.get(orderId)?.length ?? 0);
      // One that somebody has called back on the phone may have no row of ours.
      if (ours !== theirs && !calledBack.has(orderId))
        wrong.push(`${orderId} has ${ours ?? 0} parcels, the carrier ${theirs ?? 0}`);
      return wrong;
    });
  },
};

function linesIn({ stream }: Evidence): Map<string, SubmittedOrder['lines']> {
  return new Map(
    stream.flatMap(({ event }) =>
      event?.type === EVENTS.orderSubmitted ? [[event.key, (event.data as SubmittedOrder).lines]] : [],
    ),
  );
}

function piecesOf(lines: Iterable<{ readonly sku: string; readonly quantity: number }>): string {
  const pieces = [...grouped(lines, ({ sku }) => sku)].map(
    ([sku, rows]) => `${sumOf(rows, ({ quantity }) => quantity)} × ${sku}`,
  );
  return pieces.sort().join(', ');
}

const viewsOnce: Invariant = {
  name: 'each view of an article was counted once',
  check: ({ stream, books }) => {
    const events = stream.flatMap(({ event }) => (event?.type === EVENTS.articleViewed ? [event] : []));
    const seen = grouped(events, ({ key }) => key);
    const counted = new Map(books.views.map(({ sku, views }) => [sku, views]));
    const findings = each(seen, ([sku, all]) => {
      const [views, is] = [new Set(all.map(({ identity }) => identity)).size, counted.get(sku) ?? 0];
      return is === views ? [] : [`${sku} was looked at ${views} times, and ${is} are counted`];
    });
    return { ...findings, checked: events.length };
  },
};

export const books: readonly Invariant[] = [oncePerOrder, viewsOnce, stock];
