import type { ScalingRound } from '../../../../bench/scaling/round';
import { scalingFigures } from '../../../../bench/scaling/round';

const round = (perSecond: number): ScalingRound => ({
  perSecond,
  busy: 0.5,
  cpuMs: { temporal: 3, nats: 1, processes: 2 },
});
const figuresOf = (two: readonly number[]) =>
  scalingFigures(
    'bridges',
    'events per second',
    { 1: [100, 50, 200].map(round), 2: two.map(round) },
    { 2: 1.9 },
  );

test('a rate is compared with the rate of one process in the same round', () => {
  const ratio = figuresOf([200, 90, 390]).find(({ name }) => name === 'scaling: 1 → 2 bridges');
  expect(ratio).toMatchObject({ value: 1.95, spread: [1.8, 2], target: '≥ 1.9', met: true });
});

test('the median decides whether the target is met', () => {
  const ratio = figuresOf([200, 90, 370]).find(({ name }) => name === 'scaling: 1 → 2 bridges');
  expect(ratio).toMatchObject({ value: 1.85, met: false });
});

test('each number of processes tells its rate and what it cost', () => {
  expect(figuresOf([200, 90, 390]).map(({ name, value }) => [name, value])).toEqual([
    ['scaling: events per second, 1 bridges', 100],
    ['scaling: processors busy, 1 bridges', 0.5],
    ['scaling: processor time each, processes, 1 bridges', 2],
    ["scaling: processor time each, Temporal's server, 1 bridges", 3],
    ['scaling: events per second, 2 bridges', 200],
    ['scaling: processors busy, 2 bridges', 0.5],
    ['scaling: processor time each, processes, 2 bridges', 2],
    ["scaling: processor time each, Temporal's server, 2 bridges", 3],
    ['scaling: 1 → 2 bridges', 1.95],
  ]);
});
