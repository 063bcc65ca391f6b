// Where the provider's books and ours differ: case 7, and the kind that it stands for.
import type { ProviderPayment } from '../../../../domains/shop/rules/confirmation';
import { standingOf } from '../../../../domains/shop/rules/confirmation';
import type { PaymentRecord } from '../../../../domains/shop/rules/provider-books';
import { missingAtProvider, paymentFindings } from '../../../../domains/shop/rules/provider-books';

const NOW = 1_000_000;
const moment = { now: NOW, graceMs: 1_000 };
const found: ProviderPayment = {
  paymentId: 'pay_1',
  orderId: 'order-1',
  amount: 4_980,
  currency: 'EUR',
  state: 'captured',
  captured: 4_980,
  refunded: 0,
  updatedAt: 0,
};
const record: PaymentRecord = {
  paymentId: 'pay_1',
  orderId: 'order-1',
  amount: 4_980,
  currency: 'EUR',
  state: 'captured',
  captured: 4_980,
  refunded: 0,
  changedAt: 0,
};
const details = (...of: Parameters<typeof paymentFindings>) =>
  paymentFindings(...of).map(({ detail }) => detail);

test('books that agree have no finding', () => {
  expect(paymentFindings(found, record, moment)).toEqual([]);
});

test('a refund by hand is a finding of the order, about money, for a person (case 7)', () => {
  expect(paymentFindings({ ...found, refunded: 100 }, record, moment)).toEqual([
    {
      key: 'order-1',
      kind: 'money',
      detail: 'pay_1 has 1.00 EUR given back at the provider, 0.00 EUR in our books',
      repair: 'by-hand',
    },
  ]);
});

test.each([
  [
    'an authorization that is gone',
    { state: 'voided', captured: 0 },
    { state: 'authorized', captured: 0 },
    /is voided at/,
  ],
  [
    'a decision that was never heard',
    { state: 'authorized', captured: 0 },
    { state: 'pending', captured: 0 },
    /pending/,
  ],
  ['another amount taken', { captured: 4_000 }, {}, /40.00 EUR taken/],
  ['another amount', { amount: 5_000 }, {}, /over 50.00 EUR/],
  ['another currency', { currency: 'USD' }, {}, /over 49.80 USD/],
  ['another order', { orderId: 'order-2' }, {}, /of order order-2/],
  ['an open dispute', { dispute: disputed('needs_response') }, {}, /disputed over 49.80 EUR, needs_response/],
  ['a lost dispute', { dispute: disputed('lost') }, {}, /disputed over 49.80 EUR, lost/],
] as const)('%s is a finding', (_, atProvider, ours, detail) => {
  expect(details({ ...found, ...atProvider }, { ...record, ...ours }, moment)).toEqual([
    expect.stringMatching(detail),
  ]);
});

function disputed(status: 'needs_response' | 'won' | 'lost') {
  return { disputeId: 'dp_1', status, amount: 4_980, reason: 'fraudulent' };
}

test('a dispute that was won is none', () => {
  expect(details({ ...found, dispute: disputed('won') }, record, moment)).toEqual([]);
});

test.each(['pending', 'authorized', 'captured', 'refunded'] as const)(
  'a payment that is %s and that we do not know is a finding',
  (state) => {
    expect(details({ ...found, state }, undefined, moment)).toEqual([
      expect.stringMatching(/do not have it/),
    ]);
  },
);

test.each(['declined', 'voided'] as const)('one that is %s holds no money', (state) => {
  expect(details({ ...found, state }, undefined, moment)).toEqual([]);
});

test('what has changed lately, there or here, is let alone', () => {
  const different = { ...found, refunded: 100 };
  expect(details({ ...different, updatedAt: NOW - 999 }, record, moment)).toEqual([]);
  expect(details(different, { ...record, changedAt: NOW - 999 }, moment)).toEqual([]);
  expect(details({ ...different, updatedAt: NOW - 1_000 }, record, moment)).toHaveLength(1);
});

test('a payment of ours that the provider does not have is a finding, unless it holds nothing', () => {
  expect(missingAtProvider(record)).toMatchObject([{ kind: 'money', key: 'order-1' }]);
  expect(missingAtProvider({ ...record, state: 'voided' })).toEqual([]);
});

test('what a lost dispute has taken counts as given back, and an open one is told', () => {
  const known = { orderId: 'order-1', paymentId: 'pay_1', total: { amount: 4_980, currency: 'EUR' } };
  const say = (status: 'needs_response' | 'won' | 'lost') =>
    standingOf(known, { ...found, refunded: 100, dispute: { ...disputed(status), amount: 1_000 } });
  expect(say('lost')).toMatchObject({ refunded: 1_100, disputed: false });
  expect(say('needs_response')).toMatchObject({ refunded: 100, disputed: true });
  expect(say('won')).toMatchObject({ refunded: 100, disputed: false });
});
