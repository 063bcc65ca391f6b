import type { Evidence, StreamEvent } from '../../../chaos/evidence/types';
import { EVENTS } from '../../../../domains/shop/names';

/**
 * What a small run leaves behind in which all went well: one order completed, one cancelled, some mischief, and a provider that
 * acts on its own. d: paid by hand, its authorization has expired. e: given back by hand after the end. f: the bank has taken the money of
 * a lost parcel. g: given back by hand, and our books have followed.
 */
export function soundEvidence(): Evidence {
  const line = { sku: 'TEA', quantity: 2 };
  const stream = [
    published(1, EVENTS.orderSubmitted, 'a', '/shop submit-a', { lines: [line] }),
    published(2, EVENTS.orderSubmitted, 'b', '/shop submit-b', { lines: [line] }),
    published(3, EVENTS.shipmentDelivered, 'a', '/providers/carrier ntf_1'),
    { sequence: 4, subject: 'evt.orders.submitted.v1.a' },
    { sequence: 30, subject: 'evt.payments.authorized.v1.a' },
    published(5, EVENTS.cancellationRequested, 'b', '/shop cancel-b'),
    published(6, EVENTS.articleViewed, 'TEA', '/shop view-1'),
    refunded(20, 'e', 'pay_5'),
    refunded(21, 'g', 'pay_7'),
  ];
  const facts = [
    ['inventory.stock-reserved', 'a'],
    ['inventory.stock-reserved', 'b'],
    ['inventory.stock-released', 'b'],
    ['inventory.stock-shipped', 'a'],
    ['orders.completed', 'a'],
    ['orders.cancelled', 'b'],
    ...others.map(([orderId, end]) => [`orders.${end}`, orderId] as const),
  ] as const;
  const notification = facts.map(([fact, orderId], index): StreamEvent => {
    const type = `dev.sagaline.shop.${fact}.v1`;
    return { ...published(7 + index, type, orderId, `/sagaline ${fact}-${orderId}`, {}, []) };
  });
  const all = [...stream, ...notification];
  return {
    ledger: {
      acknowledged: [
        { via: 'nats', event: { source: '/shop', id: 'submit-a' }, subject: 'evt', sequence: 1 },
        { via: 'http', event: { source: '/shop', id: 'submit-b' }, subject: 'evt' },
        { via: 'nats', subject: 'evt', sequence: 4 },
      ],
      unacknowledged: [],
      forged: ['/forger forged-a'],
      deeds: [],
    },
    webhooks: [{ identity: '/providers/carrier ntf_1', delivered: true }],
    stream: all,
    deadLetters: [
      { reason: 'malformed', sequence: 4 },
      { reason: 'forbidden-origin', identity: '/forger forged-a', sequence: 30 },
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
        ...others.map(([orderId, state]) => ({ orderId, state, amount: 1_000, openedBy: `run-${orderId}` })),
      ],
      payments: [
        { id: 'pay_1', orderId: 'a', ...price, state: 'captured', captured: 1_000, refunded: 0 },
        { id: 'pay_2', orderId: 'b', ...price, state: 'voided', captured: 0, refunded: 0 },
        { id: 'pay_4', orderId: 'd', ...price, state: 'voided', captured: 0, refunded: 0 },
        { id: 'pay_5', orderId: 'e', ...price, state: 'captured', captured: 1_000, refunded: 0 },
        { id: 'pay_6', orderId: 'f', ...price, state: 'captured', captured: 1_000, refunded: 0 },
        { id: 'pay_7', orderId: 'g', ...price, state: 'refunded', captured: 1_000, refunded: 1_000 },
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
        ...others.map(([orderId, end]) => ({ orderId, template: `order-${end}` })),
      ],
      outbox: [
        ...notification.map(({ subject, event }, index) => ({
          id: String(index),
          identity: event?.identity ?? '',
          subject,
          published: true,
        })),
        {
          id: 'dead-letter',
          identity: '/sagaline/dead-letters dead-letter',
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
        { id: 'pay_1', orderId: 'a', ...price, status: 'captured', captured: 1_000, refunded: 0 },
        {
          ...{ id: 'pay_2', orderId: 'b', ...price, status: 'canceled', captured: 0, refunded: 0 },
          cancellationReason: 'requested',
        },
        { id: 'pay_3', orderId: 'b', ...price, status: 'declined', captured: 0, refunded: 0 },
        {
          ...{ id: 'pay_4', orderId: 'd', ...price, status: 'canceled', captured: 0, refunded: 0 },
          cancellationReason: 'expired',
        },
        { id: 'pay_5', orderId: 'e', ...price, status: 'partially_refunded', captured: 1_000, refunded: 400 },
        {
          ...{ id: 'pay_6', orderId: 'f', ...price, status: 'captured', captured: 1_000, refunded: 0 },
          dispute: { status: 'lost', amount: 1_000 },
        },
        { id: 'pay_7', orderId: 'g', ...price, status: 'refunded', captured: 1_000, refunded: 1_000 },
      ],
      shipments: [{ id: 'shp_1', orderId: 'a', status: 'delivered' }],
    },
    reconciliation: {
      checked: 6,
      findings: [
        { orderId: 'c', kind: 'shipment', detail: 'cancelled, and 1 shipments are booked' },
        { orderId: 'd', kind: 'money', detail: 'completed, and 0 of 1000 EUR are taken' },
        {
          orderId: 'e',
          kind: 'money',
          detail: 'pay_5 has 400 EUR given back at the provider, 0 in our books',
        },
        { orderId: 'f', kind: 'money', detail: 'pay_6 is disputed over 1000 EUR, lost: fraudulent' },
        { orderId: 'f', kind: 'money', detail: 'refunded, and 1000 of 0 EUR are taken' },
      ],
      omitted: 0,
    },
    decided: [
      { orderId: 'c', what: 'cancelShipment', decision: 'done-by-hand' },
      { orderId: 'd', what: 'capturePayment', decision: 'retry' },
      { orderId: 'd', what: 'capturePayment', decision: 'done-by-hand' },
    ],
  };
}

/** Those with whose payment the provider has acted on its own. */
const others = [
  ['d', 'completed'],
  ['e', 'completed'],
  ['f', 'refunded'],
  ['g', 'refunded'],
] as const;

const price = { amount: 1_000, currency: 'EUR' } as const;

/** Given back by hand: no call of ours has done it. */
function refunded(sequence: number, key: string, paymentId: string): StreamEvent {
  const identity = `/providers/payment-provider refunded-${paymentId}`;
  return published(sequence, EVENTS.paymentRefunded, key, identity, { paymentId, asynchronous: true }, []);
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
  compensated: readonly string[],
): Evidence['runs'][number] {
  const steps = [`${key}:reserveStock:0`, `${key}:authorizePayment:0`];
  const identity = { workflowId: `order-${key}`, runId: `run-${key}`, status: 'COMPLETED' };
  // Each time another array: who spoils one run must not spoil the other.
  return {
    ...identity,
    result: { state },
    signals: [...signals],
    steps,
    compensated: [...compensated],
    failedTasks: [],
  };
}
