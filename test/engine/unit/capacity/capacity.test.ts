// The model against results that are known by hand, and against the textbook.
import {
  beginnings,
  capacityOf,
  kindsOf,
  meanServiceTime,
  measuredWait,
  throughput,
} from '../../../../src/capacity';
import { asText } from '../../../../src/cli/capacity/view';
import { meanWait, waitingProbability, waitWithin, workersFor } from '../../../../src/capacity/queueing';

describe('the textbook case: shares 0.5, 0.3, 0.2; service times 1, 0.5, 2; bus 5', () => {
  const bus = 5;

  test('1.1: the three figures are rates, and 1.05 is given with one decimal', () => {
    const rates = [1, 0.5, 2];
    const handlers = [0.5, 0.3, 0.2].map((capacity, index) => ({
      capacity,
      serviceTime: 1 / (rates[index] ?? 0),
    }));
    expect(throughput({ bus, handlers })).toBeCloseTo(1.05, 10);
    expect(throughput({ bus, handlers }).toFixed(1)).toBe('1.1');
  });

  test('1.2 with the figures as times, as the formula is written', () => {
    const handlers = [
      { capacity: 0.5, serviceTime: 1 },
      { capacity: 0.3, serviceTime: 0.5 },
      { capacity: 0.2, serviceTime: 2 },
    ];
    expect(throughput({ bus, handlers })).toBeCloseTo(1.2, 10);
    expect(throughput({ bus: 0.7, handlers })).toBe(0.7);
  });

  test('1.05 s of work for a mean event, so that one place takes 0.95 a second of such arrivals', () => {
    const mean = meanServiceTime([
      { share: 0.5, serviceTime: 1 },
      { share: 0.3, serviceTime: 0.5 },
      { share: 0.2, serviceTime: 2 },
    ]);
    expect(mean).toBeCloseTo(1.05, 10);
    expect(throughput({ bus, handlers: [{ capacity: 1, serviceTime: mean }] })).toBeCloseTo(0.952, 3);
  });
});

describe('a queue', () => {
  test('with one slot is M/M/1: it waits with probability ρ, for ρ ÷ (1 − ρ) service times', () => {
    const queue = { perSecond: 0.8, serviceTime: 1, slots: 1 };
    expect(waitingProbability(queue)).toBeCloseTo(0.8, 10);
    expect(meanWait(queue)).toBeCloseTo(4, 10);
    // P(wait > t) = ρ e^(−(1 − ρ) t)
    expect(waitWithin(queue, 0.99)).toBeCloseTo(Math.log(80) / 0.2, 10);
  });

  test('with ten slots and a load of eight waits as the tables of Erlang C say', () => {
    expect(waitingProbability({ perSecond: 8, serviceTime: 1, slots: 10 })).toBeCloseTo(0.4092, 4);
  });

  test('that cannot keep up waits for ever, and one without work never', () => {
    const full = { perSecond: 2, serviceTime: 1, slots: 2 };
    expect([meanWait(full), waitWithin(full, 0.99)]).toEqual([Infinity, Infinity]);
    expect(meanWait({ perSecond: 0, serviceTime: 1, slots: 2 })).toBe(0);
    expect(meanWait({ perSecond: 1, serviceTime: 1, slots: 0 })).toBe(Infinity);
  });

  test('needs the fewest workers that keep the promise', () => {
    const load = { perSecond: 100, serviceTime: 1 };
    expect(workersFor(load, { slotsOfWorker: 50 })).toBe(3);
    const needed = workersFor(load, { slotsOfWorker: 1, p99: 0.05 });
    expect(waitWithin({ ...load, slots: needed }, 0.99)).toBeLessThanOrEqual(0.05);
    expect(waitWithin({ ...load, slots: needed - 1 }, 0.99)).toBeGreaterThan(0.05);
  });
});

describe('a deployment', () => {
  const kinds = [
    {
      event: 'orders.submitted.v1',
      perSecond: 3,
      work: [
        { pool: 'inventory', steps: 2, serviceTime: 0.1 },
        { pool: 'payments', steps: 3, serviceTime: 1 },
      ],
    },
    { event: 'returns.announced.v1', perSecond: 1, work: [{ pool: 'payments', steps: 1, serviceTime: 2 }] },
  ];
  const pools = [
    { pool: 'inventory', workers: 1, slotsOfWorker: 10 },
    { pool: 'payments', workers: 2, slotsOfWorker: 10 },
    { pool: 'unused', workers: 1, slotsOfWorker: 10 },
  ];

  test('is limited by the pool with the most work for its slots', () => {
    const report = capacityOf({ kinds, pools, bus: 100, eventsForEach: 4 });
    // A mean event: 0.75 × 0.2 s in inventory, 0.75 × 3 s + 0.25 × 2 s in payments.
    expect(report.pools[0]?.most).toBeCloseTo(10 / 0.15, 6);
    expect(report.pools[1]?.most).toBeCloseTo(20 / 2.75, 6);
    expect(report.pools[1]?.utilisation).toBeCloseTo((4 * 2.75) / 20, 6);
    expect([report.first, report.most]).toEqual(['payments', report.pools[1]?.most]);
    expect(report.busMost).toBe(25);
    expect(report.pools[2]).toMatchObject({ utilisation: 0, workersNeeded: undefined, most: Infinity });
  });

  test('needs a worker where workflows run, and says nothing of what was not measured', () => {
    const withWorkflows = pools.map((pool) => ({ ...pool, hasWorkflows: pool.pool === 'unused' }));
    const needed = (measured: typeof kinds) =>
      capacityOf(
        { kinds: measured, pools: withWorkflows, bus: undefined, eventsForEach: 1 },
        { rate: 10 },
      ).pools.map(({ workersNeeded }) => workersNeeded);
    expect(needed(kinds)).toEqual([1, 4, 1]);
    expect(needed([])).toEqual([undefined, undefined, undefined]);
    expect(needed(kinds.map((kind) => ({ ...kind, work: [] })))).toEqual([undefined, undefined, undefined]);
  });

  test('is limited by the bus, or by the limit of a pool, if that is lower', () => {
    expect(capacityOf({ kinds, pools, bus: 20, eventsForEach: 4 })).toMatchObject({ first: 'bus', most: 5 });
    const limited = pools.map((pool) => (pool.pool === 'inventory' ? { ...pool, stepsPerSecond: 3 } : pool));
    const report = capacityOf({ kinds, pools: limited, bus: undefined, eventsForEach: 4 });
    expect([report.first, report.most]).toEqual(['inventory', 2]);
  });

  test('needs more workers for a higher rate, and none that were measured have no limit', () => {
    const wanted = capacityOf({ kinds, pools, bus: undefined, eventsForEach: 1 }, { rate: 40, p99: 0.1 });
    expect(wanted.pools[1]?.workersNeeded).toBeGreaterThanOrEqual(11);
    expect(wanted.pools[1]?.meanWait).toBe(Infinity);
    const empty = kinds.map((kind) => ({ ...kind, work: [] }));
    expect(capacityOf({ kinds: empty, pools, bus: undefined, eventsForEach: 1 }).first).toBeUndefined();
  });
});

test('a figure that was not measured is said to be that, in words, and is absent in JSON', () => {
  const pools = [{ pool: 'payments', workers: 1, slotsOfWorker: 10 }];
  const measured = { kinds: [], pools, bus: undefined, eventsForEach: 1 };
  const report = capacityOf(measured, { rate: 10 });
  const basis = { runs: { order: 0 }, events: 0, seconds: 0, waits: {} };
  expect(asText(report, { ...measured, basis })).toMatch(/^payments .* not measured$/m);
  expect(JSON.parse(JSON.stringify(report.pools[0]))).not.toHaveProperty('workersNeeded');
});

test('a process that either of two events may begin counts once', () => {
  const submitted = { event: 'orders.submitted.v1', workflow: 'order', perSecond: 3 };
  const authorized = { event: 'payments.authorized.v1', workflow: 'order', perSecond: 2 };
  const viewed = { event: 'articles.viewed.v1', workflow: 'demand', perSecond: 1 };
  expect(beginnings([authorized, submitted, viewed])).toEqual([submitted, viewed]);
});

test('the work of a kind is the mean over its closed processes', () => {
  const step = (taskQueue: string, ran: number, waited?: number) => ({ taskQueue, ran, waited });
  const runs = [
    { workflow: 'order', steps: [step('pay', 1, 0.2), step('pay', 3), step('elsewhere', 9)] },
    { workflow: 'order', steps: [step('pay', 2, 0.4)] },
    { workflow: 'other', steps: [step('pay', 100)] },
  ];
  const arrivals = [{ event: 'orders.submitted.v1', workflow: 'order', perSecond: 2 }];
  const poolOf = (queue: string) => (queue === 'pay' ? 'payments' : undefined);
  expect(kindsOf(arrivals, runs, poolOf)).toEqual([
    {
      event: 'orders.submitted.v1',
      perSecond: 2,
      work: [{ pool: 'payments', steps: 1.5, serviceTime: 2 }],
    },
  ]);
  expect(measuredWait(runs, 'pay')).toBeCloseTo(0.3, 10);
  expect(measuredWait(runs, 'nothing')).toBeUndefined();
});
