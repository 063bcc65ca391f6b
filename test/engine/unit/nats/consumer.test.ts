import { durableConsumer } from '../../../../src/adapters/nats/consume/consumer';
import { LANES } from '../../../../src/contracts';

const subjects = ['evt.pings.pinged.v2', 'evt.pings.ponged.v1'];
const filtersOf = (group: object, number: number) => {
  const { filter_subject, filter_subjects } = durableConsumer(
    { name: 'any', ...group },
    { number, settled: 0 },
  );
  return filter_subjects ?? [filter_subject];
};

test('a consumer of a lane has one filter for each event type: with more, it is slow in a backlog', () => {
  const batch = { size: 100 };
  expect(filtersOf({ subjects: subjects.slice(0, 1), batch }, 3)).toEqual(['p.3.*.pings.pinged.v2.*']);
  expect(filtersOf({ subjects, batch }, LANES - 1)).toEqual([
    'p.7.*.pings.pinged.v2.*',
    'p.7.*.pings.ponged.v1.*',
  ]);
});

test('a consumer of a partition has its filters in the lane of the partition', () => {
  expect(filtersOf({ subjects: subjects.slice(0, 1) }, 13)).toEqual(['p.5.13.pings.pinged.v2.*']);
  expect(filtersOf({}, 13)).toEqual(['p.5.13.>']);
  // Events without a partition: their subject has a wildcard as a word.
  expect(filtersOf({}, 0)).toEqual(['p.0.0.>', 'evt.>']);
});
