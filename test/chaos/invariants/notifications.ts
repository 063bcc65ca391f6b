/** What the shop has written into its outbox, and what came of it. */
import { orderTimeline } from '../../../domains/shop/subscriptions';
import type { Evidence, OutboxRow } from '../evidence/types';
import type { Invariant } from './invariant';
import { each, grouped, together } from './invariant';

/** How many events of a fact the outbox has for an order. */
export function notificationsOf({
  books,
}: Evidence): (context: string, fact: string, orderId: string) => number {
  const bySubject = grouped(books.outbox, ({ subject }) => subject);
  return (context, fact, orderId) => bySubject.get(`evt.${context}.${fact}.v1.${orderId}`)?.length ?? 0;
}

const isEvent = ({ subject }: OutboxRow) => subject.startsWith('evt.');

const outboxEmpty: Invariant = {
  name: 'the outbox is empty',
  check: ({ books }) =>
    each(books.outbox, ({ id, subject, published }) =>
      published ? [] : [`row ${id}, ${subject}, was not published`],
    ),
};

const onceInStream: Invariant = {
  name: 'each event of the outbox is in the stream once',
  check: ({ books, stream, deadLetters }) => {
    const stored = grouped(stream, ({ event }) => event?.identity ?? '');
    const byWorkflows = deadLetters.filter(({ workflowId }) => workflowId !== undefined).length;
    const deadLettered = books.outbox.filter((row) => !isEvent(row)).length;
    return together(
      each(books.outbox.filter(isEvent), ({ id, identity }) => {
        const times = stored.get(identity)?.length ?? 0;
        return times === 1 ? [] : [`row ${id}, ${identity}, is in the stream ${times} times`];
      }),
      {
        checked: deadLettered,
        violations:
          byWorkflows === deadLettered
            ? []
            : [`workflows have written ${deadLettered} dead letters, and there are ${byWorkflows}`],
      },
    );
  },
};

/** Which event tells of what has become of a reservation. */
const STOCK_NOTIFICATIONS: Readonly<Record<string, string>> = {
  reserved: 'stock-reserved',
  released: 'stock-released',
  shipped: 'stock-shipped',
};

const effectsAreTold: Invariant = {
  name: 'each effect has its event in the outbox',
  check: (evidence) => {
    const notification = notificationsOf(evidence);
    const { orders, reservations } = evidence.books;
    const told = (orderId: string, context: string, fact: string) =>
      notification(context, fact, orderId) > 0 ? [] : [`${orderId}: there is no event ${context}.${fact}`];
    return together(
      each(
        orders.filter(({ state }) => state !== 'placing'),
        ({ orderId, state }) => told(orderId, 'orders', state),
      ),
      each(reservations, ({ orderId, state }) => [
        ...told(orderId, 'inventory', 'stock-reserved'),
        ...(state === 'reserved' ? [] : told(orderId, 'inventory', STOCK_NOTIFICATIONS[state] ?? state)),
      ]),
    );
  },
};

const SUBSCRIBED: ReadonlySet<string> = new Set(orderTimeline.events.map(({ type }) => type));

const timelineTells: Invariant = {
  name: 'the subscription has told each event once',
  check: ({ stream, books }) => {
    const wanted = new Set(
      stream.flatMap(({ event }) =>
        event && SUBSCRIBED.has(event.type) ? [`${event.key} ${event.identity}`] : [],
      ),
    );
    const told = grouped(books.timeline, (row) => row);
    return each(new Set([...wanted, ...told.keys()]), (row) => {
      const times = told.get(row)?.length ?? 0;
      if (!wanted.has(row)) return [`${row} was told, and is not in the stream`];
      return times === 1 ? [] : [`${row} was told ${times} times`];
    });
  },
};

export const notification: readonly Invariant[] = [outboxEmpty, onceInStream, effectsAreTold, timelineTells];
