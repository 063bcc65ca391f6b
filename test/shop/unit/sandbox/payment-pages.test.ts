import { createPaymentPages, type Page } from '../../../../domains/shop/sandbox/payments/pages';
import type { Payment } from '../../../../domains/shop/sandbox/payments/payment';
import { PAYMENTS, paymentBody, startSandboxUnderTest } from './sandbox-under-test';

const payment = (id: string, updated: number): Payment => ({
  id,
  object: 'payment',
  status: 'captured',
  amount: 1,
  amount_captured: 1,
  amount_refunded: 0,
  currency: 'EUR',
  merchant_reference: 'order-1',
  created: 1,
  updated,
});
const ids = (page: Page | undefined) => page?.data.map(({ id }) => id);

test('the oldest change comes first, those of one second by id, and none before the moment asked for', () => {
  const payments = [payment('c', 20), payment('b', 20), payment('d', 10), payment('a', 30)];
  const page = createPaymentPages()(payments, { updatedSince: 20, limit: 10 });
  expect([ids(page), page?.has_more]).toEqual([['b', 'c', 'a'], false]);
});

test('pages follow on each other', () => {
  const payments = ['a', 'b', 'c', 'd', 'e'].map((id) => payment(id, 10));
  const pageOf = createPaymentPages();
  const first = pageOf(payments, { updatedSince: 0, limit: 2 });
  expect([ids(first), first?.has_more]).toEqual([['a', 'b'], true]);
  const second = pageOf(payments, { updatedSince: 0, limit: 2, startingAfter: 'b' });
  expect([ids(second), second?.has_more]).toEqual([['c', 'd'], true]);
  const last = pageOf(payments, { updatedSince: 0, limit: 2, startingAfter: 'd' });
  expect([ids(last), last?.has_more]).toEqual([['e'], false]);
});

test('nothing is missed when the payment that a page ended with changes before the next page', () => {
  const pageOf = createPaymentPages();
  const before = [payment('a', 10), payment('b', 11), payment('c', 12)];
  pageOf(before, { updatedSince: 0, limit: 2 });
  const after = [payment('a', 10), payment('b', 40), payment('c', 12)];
  expect(ids(pageOf(after, { updatedSince: 0, limit: 2, startingAfter: 'b' }))).toEqual(['c', 'b']);
});

test('a page may start after any payment, not after an unknown one', () => {
  const pageOf = createPaymentPages();
  const payments = [payment('a', 10), payment('b', 11)];
  expect(ids(pageOf(payments, { updatedSince: 0, limit: 2, startingAfter: 'a' }))).toEqual(['b']);
  expect(pageOf(payments, { updatedSince: 0, limit: 2, startingAfter: 'x' })).toBeUndefined();
});

test('the API lists what has changed since a moment', async () => {
  const sandbox = await startSandboxUnderTest();
  try {
    const pay = (key: string) => sandbox.post(PAYMENTS, { key, body: paymentBody('tok_visa') });
    const made = [(await pay('a')).body.id, (await pay('b')).body.id];
    const since = Math.floor(Date.now() / 1000) - 60;
    const list = (query: string) => sandbox.get(`${PAYMENTS}?${query}`);
    const first = await list(`updated_since=${since}&limit=1`);
    expect(first.body['has_more']).toBe(true);
    const [{ id } = {}] = first.body.data;
    const second = await list(`updated_since=${since}&limit=1&starting_after=${String(id)}`);
    expect(second.body['has_more']).toBe(false);
    expect([id, second.body.data[0]?.['id']].sort()).toEqual(made.sort());
    expect((await list(`updated_since=${since + 120}`)).body).toEqual({ data: [], has_more: false });
    for (const [param, query] of [
      ['limit', 'updated_since=0&limit=101'],
      ['updated_since', 'updated_since=yesterday'],
      ['starting_after', 'updated_since=0&starting_after=pay_none'],
      ['page', 'updated_since=0&page=2'],
    ] as const) {
      const refused = await list(query);
      expect([refused.status, refused.body.error.param]).toEqual([400, param]);
    }
  } finally {
    await sandbox.stop();
  }
});
