// One page of a check, step by step: what happens between its looks is no false alarm; no server.
import type { Books, OrderSagas } from '../../../../activities/shop/reconciliation';
import { createReconciliationActivities } from '../../../../activities/shop/reconciliation';
import type { OrderBooks } from '../../../../domains/shop/rules/reconciliation';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const HOUR_MS = 60 * 60_000;
const closedLongAgo = {
  kind: 'closed',
  how: 'terminated',
  state: 'placing',
  closedAt: NOW - HOUR_MS,
} as const;

const order = (orderId: string, state = 'confirmed'): OrderBooks => ({
  orderId,
  state,
  amount: 100,
  currency: 'EUR',
  changedAt: NOW - HOUR_MS,
  payments: state === 'completed' ? [{ state: 'captured', captured: 100, refunded: 0, currency: 'EUR' }] : [],
  reservations: [],
  shipments: [],
});

function checking(orders: OrderBooks[], sagas: OrderSagas) {
  const asked: string[][] = [];
  const books: Books = {
    page: ({ after, limit }) =>
      Promise.resolve(orders.filter(({ orderId }) => orderId > after).slice(0, limit)),
    ofOrders: (ids) => Promise.resolve(orders.filter(({ orderId }) => ids.includes(orderId))),
    bookedShipments: () => Promise.resolve([]),
    steps: () => Promise.resolve([]),
    layTombstones: () => Promise.resolve(),
  };
  const activities = createReconciliationActivities({
    books,
    sagas: (ids) => {
      asked.push([...ids]);
      return sagas(ids);
    },
    report: () => undefined,
    clock: () => new Date(NOW),
    graceMs: 1_000,
    lookbackMs: HOUR_MS,
    compensationWithinMs: 1_000,
  });
  return { ...activities, asked };
}

test('an order that ends between the look at the books and the look at its workflow is not abandoned', async () => {
  const orders = [order('o-1')];
  const { checkOrders } = checking(orders, () => {
    orders[0] = order('o-1', 'completed');
    return Promise.resolve([{ ...closedLongAgo, how: 'completed' }]);
  });
  expect(await checkOrders({})).toEqual({ checked: 1, findings: [] });
});

test('an order whose workflow is gone is one finding, also when it is the only one that was asked for', async () => {
  const { checkOrders } = checking([order('o-1'), order('o-2')], (ids) =>
    Promise.resolve(ids.map(() => closedLongAgo)),
  );
  expect((await checkOrders({})).findings.map(({ key }) => key)).toEqual(['o-1', 'o-2']);
  expect((await checkOrders({ orderId: 'o-2' })).findings.map(({ key }) => key)).toEqual(['o-2']);
  expect(await checkOrders({ orderId: 'o-3' })).toEqual({ checked: 0, findings: [] });
});

test('each finds its own workflow, and orders that add up cost no call', async () => {
  const orders = [order('o-1'), order('o-2', 'completed'), order('o-3')];
  const { checkOrders, asked } = checking(orders, (ids) =>
    Promise.resolve(ids.map((id) => (id === 'o-1' ? { kind: 'open' } : closedLongAgo))),
  );
  expect((await checkOrders({})).findings.map(({ key }) => key)).toEqual(['o-3']);
  expect(asked).toEqual([['o-1', 'o-3']]);
});

test('a full page says where the next one begins, the last one does not', async () => {
  const orders = Array.from({ length: 201 }, (_, n) => order(`o-${String(n).padStart(3, '0')}`));
  const { checkOrders } = checking(orders, (ids) => Promise.resolve(ids.map(() => ({ kind: 'open' }))));
  expect(await checkOrders({})).toEqual({ checked: 200, findings: [], next: 'o-199' });
  expect(await checkOrders({ after: 'o-199' })).toEqual({ checked: 1, findings: [] });
});
