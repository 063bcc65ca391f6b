import { setTimeout as sleep } from 'node:timers/promises';
import type { Fact } from '../../../../domains/shop/sandbox/facts';
import type { Journal } from '../../../../domains/shop/sandbox/journal';
import { authorize } from '../../../../domains/shop/sandbox/payments/authorize';
import { capture } from '../../../../domains/shop/sandbox/payments/changes';
import { createPlanner } from '../../../../domains/shop/sandbox/planner';
import { DEFAULT_TIMES } from '../../../../domains/shop/sandbox/settings';
import { systemSources } from '../../../../domains/shop/sandbox/sources';
import { createStore } from '../../../../domains/shop/sandbox/store';

const times = { ...DEFAULT_TIMES, pendingMs: 1, dispatchMs: 1, deliveryMs: 1 };

/** `slowDisk` holds back what is committed while it is set. */
function plannerUnderTest() {
  let disk = Promise.resolve();
  const journal: Journal = {
    lines: [],
    append: () => disk,
    note: () => undefined,
    flushed: () => disk,
    close: () => Promise.resolve(),
  };
  const store = createStore(journal);
  const done: string[] = [];
  const asked = jest.fn(Date.now);
  store.onDurable((fact) => {
    if (fact.kind === 'plan-done') done.push(fact.id);
  });
  const { signal } = new AbortController();
  createPlanner({ store, sources: { ...systemSources, now: asked }, times, signal, log: () => undefined });
  return { store, done, asked, slowDisk: (held: Promise<void>) => void (disk = held) };
}
const planned = (id: string, inMs: number): Fact => ({
  kind: 'planned',
  plan: { id, dueAt: Date.now() + inMs, subject: 'pay_none', step: 'expire' },
});

test('a plan is carried out when it is due, once', async () => {
  const { store, done } = plannerUnderTest();
  await store.commit([planned('a', 30)]);
  await sleep(10);
  expect(done).toEqual([]);
  await sleep(60);
  expect(done).toEqual(['a']);
});

test('a new plan takes the place of the old one, at once, however slow the disk is', async () => {
  const { store, done, slowDisk } = plannerUnderTest();
  await store.commit([planned('a', 30)]);
  slowDisk(sleep(60));
  const replaced = store.commit([planned('a', 120)]);
  await replaced;
  await sleep(20);
  expect(done).toEqual([]);
  await sleep(100);
  expect(done).toEqual(['a']);
});

test('a plan further away than the longest timer of Node does not come at once, and costs nothing until then', async () => {
  const { store, done, asked } = plannerUnderTest();
  await store.commit([planned('a', 2 ** 31 + 1_000)]);
  await sleep(20);
  expect(done).toEqual([]);
  expect(asked).toHaveBeenCalledTimes(1);
  await store.commit([{ kind: 'plan-done', id: 'a' }]);
});

test('a captured payment leaves no plan behind', async () => {
  const { store } = plannerUnderTest();
  const request = {
    amount: 4200,
    currency: 'EUR',
    payment_method: 'tok_visa',
    merchant_reference: 'order-1',
  };
  const circumstances = { tries: 0, tokenUsed: false, baseUrl: '', times };
  const authorized = authorize(request, circumstances, systemSources);
  if (authorized.kind === 'settled') await store.commit(authorized.facts);
  expect(store.state.openPlans.size).toBe(1);
  const [record] = store.state.payments.values();
  const captured = record && capture(record, 4200, times, systemSources);
  if (captured?.kind === 'settled') await store.commit(captured.facts);
  expect(store.state.openPlans.size).toBe(0);
});
