import { KIND_NAMES } from '../../../chaos/generator/kinds';
import { PROCESSES, SERVERS } from '../../../chaos/names';
import { NATS_LEADER } from '../../../chaos/plan/faults';
import { planOf } from '../../../chaos/plan';
import { sabotages } from '../../../chaos/sabotage';

const FULL = { orders: 500, seconds: 300 };
const nodeOf = (target: string) => target.startsWith('nats-');

test('the same seed gives the same plan, another one another', () => {
  const once = planOf({ ...FULL, seed: 1 });
  expect(planOf({ ...FULL, seed: 1 })).toEqual(once);
  expect(planOf({ ...FULL, seed: 2 }).faults).not.toEqual(once.faults);
  expect(planOf({ ...FULL, seed: 2 }).orders).not.toEqual(once.orders);
});

test('a full run strikes everybody, in every way, and has orders of every kind', () => {
  const { orders, faults } = planOf({ ...FULL, seed: 1 });
  const targets = new Set(faults.map(({ target }) => target));
  expect([...targets].sort()).toEqual([...PROCESSES, ...SERVERS, NATS_LEADER].sort());
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(5);
  expect(new Set(orders.map(({ kind }) => kind))).toEqual(new Set(KIND_NAMES));
  expect(orders).toHaveLength(FULL.orders);
  expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(FULL.orders);
  const whims = orders.flatMap(({ whim }) => (whim ? [whim.act.act] : []));
  expect([...new Set(whims)].sort()).toEqual(['cancel', 'dispute', 'expire', 'refund']);
});

test.each([1, 2, 3, 4, 5])(
  'with seed %d no two nodes of NATS are away at once, nor is anybody struck twice',
  (seed) => {
    const { faults } = planOf({ ...FULL, seed });
    const ends = new Map<string, number>();
    for (const { target, afterMs, lastsMs } of faults) {
      const group = nodeOf(target) ? 'nats' : target;
      expect(afterMs).toBeGreaterThanOrEqual(ends.get(group) ?? 0);
      ends.set(group, afterMs + lastsMs);
      expect(afterMs + lastsMs).toBeLessThanOrEqual(FULL.seconds * 1_000);
    }
  },
);

test.each(Object.entries(sabotages))(
  'the focus of %s strikes its targets again and again',
  (_, { focus }) => {
    const { faults } = planOf({ orders: 80, seconds: 60, seed: 1, focus });
    const focused = faults.filter(
      ({ target, kind }) => focus.targets.includes(target) && focus.kinds.includes(kind),
    );
    expect(focused.length).toBeGreaterThanOrEqual(4);
  },
);
