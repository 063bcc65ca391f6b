import type { Fact } from '../../../../domains/shop/sandbox/facts';
import { openJournal } from '../../../../domains/shop/sandbox/journal';
import { authorize } from '../../../../domains/shop/sandbox/payments/authorize';
import { capture } from '../../../../domains/shop/sandbox/payments/changes';
import { createPlanner } from '../../../../domains/shop/sandbox/planner';
import { DEFAULT_TIMES } from '../../../../domains/shop/sandbox/settings';
import { systemSources } from '../../../../domains/shop/sandbox/sources';
import { createStore } from '../../../../domains/shop/sandbox/store';

const times = { ...DEFAULT_TIMES, pendingMs: 1, dispatchMs: 1, deliveryMs: 1 };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function plannerUnderTest() {
  const store = createStore(openJournal(undefined));
  const done: string[] = [];
  const asked = jest.fn(() => Date.now());
  store.onCommitted((fact) => {
    if (fact.kind === 'plan-done') done.push(fact.id);
  });
  const { signal } = new AbortController();
  createPlanner({ store, sources: { ...systemSources, now: asked }, times, signal, log: () => undefined });
  return { store, done, asked };
}
const planned = (id: string, inMs: number): Fact => ({
  kind: 'planned',
  plan: { id, dueAt: Date.now() + inMs, subject: 'pay_none', step: 'expire' },
});

test('a plan is carried out when it is due, once', () => {
  const { store, done } = plannerUnderTest();
  store.commit([planned('a', 30)]);
  jest.advanceTimersByTime(10);
  expect(done).toEqual([]);
  jest.advanceTimersByTime(60);
  expect(done).toEqual(['a']);
});

test('a new plan takes the place of the old one', () => {
  const { store, done } = plannerUnderTest();
  store.commit([planned('a', 30)]);
  store.commit([planned('a', 120)]);
  jest.advanceTimersByTime(80);
  expect(done).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(done).toEqual(['a']);
});

test('a plan further away than the longest timer of Node does not come at once, and costs nothing until then', () => {
  const { store, done, asked } = plannerUnderTest();
  store.commit([planned('a', 2 ** 31 + 1_000)]);
  jest.advanceTimersByTime(20);
  expect(done).toEqual([]);
  expect(asked).toHaveBeenCalledTimes(1);
  store.commit([{ kind: 'plan-done', id: 'a' }]);
});

test('a captured payment leaves no plan behind', () => {
  const { store } = plannerUnderTest();
  const request = {
    amount: 4200,
    currency: 'EUR',
    payment_method: 'tok_visa',
    merchant_reference: 'order-1',
  };
  const circumstances = { tries: 0, tokenUsed: false, baseUrl: '', times };
  const authorized = authorize(request, circumstances, systemSources);
  if (authorized.kind === 'settled') store.commit(authorized.facts);
  expect(store.state.openPlans.size).toBe(1);
  const [record] = store.state.payments.values();
  const captured = record && capture(record, 4200, times, systemSources);
  if (captured?.kind === 'settled') store.commit(captured.facts);
  expect(store.state.openPlans.size).toBe(0);
});
