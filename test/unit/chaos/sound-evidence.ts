import type { Evidence, StreamEvent } from '../../chaos/evidence/types';
import { EVENTS } from '../../../src/domains/shop/names';

/** What a small run leaves behind in which all went well: one order completed, one cancelled, and some mischief. */
export function soundEvidence(): Evidence {
  const line = { sku: 'TEA', quantity: 2 };
  const stream = [
    published(1, EVENTS.orderSubmitted, 'a', '/shop submit-a', { lines: [line] }),
    published(2, EVENTS.orderSubmitted, 'b', '/shop submit-b', { lines: [line] }),
    published(3, EVENTS.shipmentDelivered, 'a', '/providers/carrier ntf_1'),
    { sequence: 4, subject: 'evt.orders.submitted.v1.a' },
    published(5, EVENTS.cancellationRequested, 'b', '/shop cancel-b'),
    published(6, EVENTS.articleViewed, 'TEA', '/shop view-1'),
  ];
  const facts = [
    ['inventory.stock-reserved', 'a'],
    ['inventory.stock-reserved', 'b'],
    ['inventory.stock-released', 'b'],
    ['inventory.stock-shipped', 'a'],
    ['orders.completed', 'a'],
    ['orders.cancelled', 'b'],
  ] as const;
  const news = facts.map(([fact, orderId], index): StreamEvent => {
    const type = `dev.sagaline.shop.${fact}.v1`;
    return { ...published(7 + index, type, orderId, `/sagaline ${fact}-${orderId}`, {}, []) };
  });
  const all = [...stream, ...news];
  return {
    ledger: {
      acknowledged: [
        { via: 'nats', event: { source: '/shop', id: 'submit-a' }, subject: 'evt', sequence: 1 },
        { via: 'http', event: { source: '/shop', id: 'submit-b' }, subject: 'evt' },
        { via: 'nats', subject: 'evt', sequence: 4 },
      ],
      unacknowledged: [],
    },
    webhooks: [{ identity: '/providers/carrier ntf_1', delivered: true }],
    stream: all,
    letters: [
      { reason: 'malformed', sequence: 4 },
      { reason: 'unmatched', identity: '/shop stray', workflowId: 'order-c' },
    ],
    runs: [
      run('a', 'completed', ['/shop submit-a', '/providers/carrier ntf_1'], []),
      run(
        'b',
        'cancelled',
        ['/shop submit-b', '/shop cancel-b'],
        ['b:authorizePayment:0', 'b:reserveStock:0'],
      ),
    ],
    books: {
      orders: [
        { orderId: 'a', state: 'completed', amount: 1_000, openedBy: 'run-a' },
        { orderId: 'b', state: 'cancelled', amount: 1_000, openedBy: 'run-b' },
      ],
      payments: [
        { id: 'pay_1', orderId: 'a', state: 'captured', captured: 1_000, refunded: 0 },
        { id: 'pay_2', orderId: 'b', state: 'voided', captured: 0, refunded: 0 },
      ],
      reservations: [
        { orderId: 'a', ...line, state: 'shipped' },
        { orderId: 'b', ...line, state: 'released' },
      ],
      stock: [{ place: 'main', sku: 'TEA', received: 10, onHand: 8, reserved: 0, shipped: 2 }],
      shipments: [{ id: 'shp_1', orderId: 'a', state: 'booked' }],
      messages: [
        { orderId: 'a', template: 'order-completed' },
        { orderId: 'b', template: 'order-cancelled' },
      ],
      outbox: [
        ...news.map(({ subject, event }, index) => ({
          id: String(index),
          identity: event?.identity ?? '',
          subject,
          published: true,
        })),
        {
          id: 'letter',
          identity: '/sagaline/dead-letters bury',
          subject: 'dlq.unmatched.x.c',
          published: true,
        },
      ],
      timeline: all.flatMap(({ event }) =>
        event && event.type !== EVENTS.articleViewed ? [`${event.key} ${event.identity}`] : [],
      ),
      views: [{ sku: 'TEA', views: 1 }],
    },
    provider: {
      payments: [
        { id: 'pay_1', orderId: 'a', status: 'captured', captured: 1_000, refunded: 0 },
        { id: 'pay_2', orderId: 'b', status: 'canceled', captured: 0, refunded: 0 },
      ],
      shipments: [{ id: 'shp_1', orderId: 'a', status: 'delivered' }],
    },
    reconciliation: {
      checked: 2,
      findings: [{ orderId: 'c', kind: 'shipment', detail: 'cancelled, and 1 shipments are booked' }],
    },
    byHand: ['c'],
  };
}

function published(
  sequence: number,
  type: string,
  key: string,
  identity: string,
  data: object = {},
  workflowIds: readonly string[] = type === EVENTS.articleViewed ? [] : [`order-${key}`],
): StreamEvent {
  const subject = `evt.${type.split('.').slice(-3).join('.')}.${key}`;
  return { sequence, subject, event: { identity, type, key, data, workflowIds } };
}

function run(
  key: string,
  state: string,
  signals: readonly string[],
  undone: readonly string[],
): Evidence['runs'][number] {
  const steps = [`${key}:reserveStock:0`, `${key}:authorizePayment:0`];
  const identity = { workflowId: `order-${key}`, runId: `run-${key}`, status: 'COMPLETED' };
  // Each time another array: who spoils one run must not spoil the other.
  return {
    ...identity,
    result: { state },
    signals: [...signals],
    steps,
    undone: [...undone],
    failedTasks: [],
  };
}
