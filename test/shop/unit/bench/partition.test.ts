import { orderIdsOf } from '../../../../bench/bridge/events';
import { partitionOf } from '../../../../bench/bridge/partition';
import { PARTITIONS } from '../../../../src/contracts';

// Read off a stream of nats-server 2.15.1 with `partition(64,4)`.
test.each([
  ['order-1', 45],
  ['a', 44],
  ['Z_9-', 48],
  ['x'.repeat(64), 5],
])('the partition of %s is the one where NATS puts it', (key, partition) => {
  expect(partitionOf(key)).toBe(partition);
});

test('the orders of a round are spread evenly', () => {
  const counts = Array.from({ length: PARTITIONS }, () => 0);
  for (const id of orderIdsOf('run', 3_200)) counts[partitionOf(id)] = (counts[partitionOf(id)] ?? 0) + 1;
  expect(new Set(counts)).toEqual(new Set([10]));
});
