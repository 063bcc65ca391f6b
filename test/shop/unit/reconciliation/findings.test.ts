// What is a finding and what is not, of every state of an order; no server.
import type { OrderBooks, OrderSaga } from '../../../../domains/shop/rules/reconciliation';
import { findingsOf, isSuspect } from '../../../../domains/shop/rules/reconciliation';

const GRACE_MS = 60_000;
const NOW = Date.parse('2026-01-01T12:00:00Z');
const moment = { now: NOW, graceMs: GRACE_MS };
const LONG_AGO = NOW - GRACE_MS;
const JUST_NOW = LONG_AGO + 1;
const open: OrderSaga = { kind: 'open' };
const terminated: OrderSaga = { kind: 'closed', how: 'terminated', state: 'placing', closedAt: LONG_AGO };
const completed: OrderSaga = { kind: 'closed', how: 'completed', state: 'completed', closedAt: LONG_AGO };
const forgotten: OrderSaga = { kind: 'forgotten' };

const currency = 'EUR';
const held = { state: 'authorized', captured: 0, refunded: 0, currency };
const captured = { state: 'captured', captured: 4_980, refunded: 0, currency };
const refunded = { state: 'refunded', captured: 4_980, refunded: 4_980, currency };
const voided = { state: 'voided', captured: 0, refunded: 0, currency };
const stock = (state: string) => ({ state, quantity: 2 });
const booked = { state: 'booked' };
const canceled = { state: 'canceled' };

function books(state: string, rest: Partial<OrderBooks> = {}): OrderBooks {
  return {
    orderId: 'o-1',
    state,
    amount: 4_980,
    currency,
    changedAt: LONG_AGO,
    payments: [],
    reservations: [],
    shipments: [],
    ...rest,
  };
}
const inWords = (order: OrderBooks, saga: OrderSaga) =>
  findingsOf(order, saga, moment).map(({ kind, repair, detail }) => `${kind}, ${repair}: ${detail}`);

const placed = { payments: [held], reservations: [stock('reserved')], shipments: [booked] };
const delivered = { payments: [captured], reservations: [stock('shipped')], shipments: [booked] };
const compensated = { payments: [voided], reservations: [stock('released')], shipments: [canceled] };

describe('what adds up is no finding', () => {
  test.each<[string, OrderBooks, OrderSaga]>([
    ['placing, its workflow open', books('placing', placed), open],
    ['confirmed, its workflow open', books('confirmed', placed), open],
    ['taken and not closed yet, its workflow open', books('confirmed', delivered), open],
    ['closed and not tidied up yet, its workflow open', books('compensated', placed), open],
    ['completed', books('completed', delivered), completed],
    ['completed, and Temporal has forgotten it', books('completed', delivered), forgotten],
    ['rejected before anything was done', books('rejected'), completed],
    ['rejected', books('rejected', compensated), completed],
    ['compensated', books('compensated', compensated), completed],
    ['cancelled', books('cancelled', compensated), completed],
    ['refunded', books('refunded', { ...delivered, payments: [refunded] }), completed],
    ['declined', books('rejected', { payments: [{ ...held, state: 'declined' }] }), completed],
    ['completed for nothing', books('completed', { ...delivered, payments: [], amount: 0 }), completed],
    [
      'paid by a second payment method',
      books('completed', { ...delivered, payments: [voided, captured] }),
      completed,
    ],
  ])('%s', (_, order, saga) => expect(inWords(order, saga)).toEqual([]));
});

describe('an order that a repair has closed', () => {
  const repaired = books('compensated', { ...compensated, repaired: true });

  test('is a finding while a reset workflow stands over it, and never without a look', () => {
    expect(isSuspect(repaired, moment)).toBe(true);
    expect(inWords(repaired, open)).toEqual([
      'saga-again, by-hand: compensated by a repair, and its workflow is open again: terminate it, or wait until its next step finds that it was compensated',
    ]);
  });

  test.each<[string, OrderBooks, OrderSaga]>([
    ['whose workflow is terminated', repaired, terminated],
    ['whose workflow has ended after a reset', repaired, completed],
    ['a moment ago', { ...repaired, changedAt: JUST_NOW }, open],
  ])('is none: %s', (_, order, saga) => expect(inWords(order, saga)).toEqual([]));
});

describe('what has just changed is let alone', () => {
  test.each<[string, OrderBooks, OrderSaga]>([
    ['the books', books('placing', { changedAt: JUST_NOW }), terminated],
    [
      'the books, by what a late attempt has done',
      books('rejected', { ...placed, changedAt: JUST_NOW }),
      completed,
    ],
    ['the workflow', books('confirmed', placed), { ...terminated, closedAt: JUST_NOW }],
  ])('%s', (_, order, saga) => expect(inWords(order, saga)).toEqual([]));
});

describe('an open order whose workflow is gone', () => {
  test.each<[string, OrderBooks, OrderSaga, string]>([
    [
      'with nothing done',
      books('placing'),
      terminated,
      'saga-gone, compensate: placing, and its workflow is terminated; it has nothing',
    ],
    [
      'confirmed',
      books('confirmed', placed),
      { ...terminated, how: 'timed out' },
      'saga-gone, compensate: confirmed, and its workflow is timed out; it has a payment authorized, 2 pieces reserved, a shipment booked',
    ],
    [
      'past retention',
      books('confirmed', placed),
      forgotten,
      'saga-gone, compensate: confirmed, and its workflow is unknown to Temporal; it has a payment authorized, 2 pieces reserved, a shipment booked',
    ],
    [
      'paid',
      books('confirmed', { ...placed, payments: [captured] }),
      terminated,
      'saga-gone, by-hand: confirmed, and its workflow is terminated; it has a payment captured, 2 pieces reserved, a shipment booked',
    ],
    [
      'shipped',
      books('confirmed', { ...placed, reservations: [stock('shipped')] }),
      terminated,
      'saga-gone, by-hand: confirmed, and its workflow is terminated; it has a payment authorized, 2 pieces shipped, a shipment booked',
    ],
    [
      'that another run has closed as a duplicate',
      books('confirmed'),
      { ...completed, state: 'duplicate' },
      'saga-gone, compensate: confirmed, and its workflow is completed; it has nothing',
    ],
    [
      'that its workflow has completed, as the database is older',
      books('confirmed', placed),
      completed,
      'books-behind, by-hand: confirmed, and its workflow has ended as completed: our books are older; it has a payment authorized, 2 pieces reserved, a shipment booked',
    ],
  ])('%s', (_, order, saga, finding) => expect(inWords(order, saga)).toEqual([finding]));
});

describe('an order that has ended', () => {
  test.each<[string, OrderBooks, string[]]>([
    [
      'rejected with everything still there',
      books('rejected', placed),
      [
        'money, compensate: rejected, and 1 payments are held',
        'stock, compensate: rejected, and 2 pieces are reserved',
        'shipment, compensate: rejected, and 1 shipments are booked',
      ],
    ],
    [
      'with a payment pending',
      books('cancelled', { payments: [{ ...held, state: 'pending' }] }),
      ['money, compensate: cancelled, and 1 payments are held'],
    ],
    [
      'compensated, and the customer has paid',
      books('compensated', { payments: [captured] }),
      ['money, by-hand: compensated, and 49.80 EUR of 0.00 EUR are taken'],
    ],
    [
      'completed, and paid in another currency',
      books('completed', { ...delivered, payments: [{ ...captured, currency: 'JPY' }] }),
      [
        'money, by-hand: completed, and 0.00 EUR of 49.80 EUR are taken',
        'money, by-hand: completed, and 4,980 JPY are taken in another currency than the order’s',
      ],
    ],
    [
      'completed in yen, and not paid',
      books('completed', { reservations: [stock('shipped')], currency: 'JPY' }),
      ['money, by-hand: completed, and 0 JPY of 4,980 JPY are taken'],
    ],
    [
      'compensated, and the goods have left',
      books('compensated', { reservations: [stock('shipped')] }),
      ['stock, by-hand: compensated, and 2 pieces have left the warehouse'],
    ],
    [
      'completed without the money',
      books('completed', { ...delivered, payments: [held] }),
      [
        'money, by-hand: completed, and 0.00 EUR of 49.80 EUR are taken',
        'money, by-hand: completed, and 1 payments are held',
      ],
    ],
    [
      'completed, and paid twice',
      books('completed', { ...delivered, payments: [captured, captured] }),
      ['money, by-hand: completed, and 99.60 EUR of 49.80 EUR are taken'],
    ],
    [
      'completed, and the stock is still here',
      books('completed', { ...delivered, reservations: [stock('reserved')] }),
      ['stock, by-hand: completed, and 2 pieces are reserved'],
    ],
    [
      'refunded, and the customer has no money back',
      books('refunded', delivered),
      ['money, by-hand: refunded, and 49.80 EUR of 0.00 EUR are taken'],
    ],
  ])('%s', (_, order, findings) => {
    expect(inWords(order, completed)).toEqual(findings);
    expect(inWords(order, forgotten)).toEqual(findings);
    expect(inWords(order, open)).toEqual([]);
  });
});

test('a look at the workflow is worth its call for open orders and for those that do not add up', () => {
  const suspects = (order: OrderBooks) => isSuspect(order, moment);
  expect(suspects(books('placing'))).toBe(true);
  expect(suspects(books('confirmed'))).toBe(true);
  expect(suspects(books('rejected', placed))).toBe(true);
  expect(suspects(books('completed', delivered))).toBe(false);
  expect(suspects(books('rejected', compensated))).toBe(false);
  expect(suspects(books('placing', { changedAt: JUST_NOW }))).toBe(false);
});
