import {
  readCount,
  readRoleCount,
  readWorkerCounts,
  unknownPool,
} from '../../../../src/cli/project/role-counts';

describe('--workers', () => {
  test('names pools and says how many of each', () => {
    expect(readWorkerCounts('payments=3')).toEqual({ 'worker:payments': 3 });
    expect(readWorkerCounts('payments=3, shipping=2')).toEqual({
      'worker:payments': 3,
      'worker:shipping': 2,
    });
  });

  test('given again, adds to what was given before', () => {
    expect(readWorkerCounts('shipping=2', { 'worker:payments': 3 })).toEqual({
      'worker:payments': 3,
      'worker:shipping': 2,
    });
  });

  test.each([
    ['no number', 'payments', 'say how many: payments=2.'],
    ['half a number', 'payments=1.5', 'a whole number from 1 to 20'],
    [
      'nobody',
      'payments=0',
      'from 1 to 20; to stop work for a while, pause it with "sagaline switches pause"',
    ],
    ['a crowd', 'payments=21', 'a whole number from 1 to 20'],
    ['an empty number', 'payments=', 'a whole number from 1 to 20.'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readWorkerCounts(text)).toThrow(message);
  });
});

test('a pool that does not exist is named, an inherited name too', () => {
  const pools = ['orders', 'payments'];
  expect(unknownPool(readWorkerCounts('orders=2,payments=3'), pools)).toBeUndefined();
  expect(unknownPool(readWorkerCounts('payment=3'), pools)).toBe(
    'there is no pool "payment"; there are orders, payments',
  );
  expect(unknownPool(readWorkerCounts('toString=3'), pools)).toMatch('there is no pool "toString"');
});

test('--bridges takes a whole number from 1 to 20', () => {
  expect(readCount('2')).toBe(2);
  expect(() => readCount('many')).toThrow('a whole number from 1 to 20');
});

describe('scale', () => {
  test('names pools, and other roles in the plural', () => {
    const counts = ['payments=3', 'bridges=2', 'worker:bridges=4'].reduce(
      (before, text) => readRoleCount(text, before),
      {},
    );
    expect(counts).toEqual({ 'worker:payments': 3, bridge: 2, 'worker:bridges': 4 });
  });

  test.each([
    ['no number', 'payments', 'say how many: payments=2.'],
    [
      'nobody',
      'payments=0',
      'from 1 to 20; to stop work for a while, pause it with "sagaline switches pause"',
    ],
    ['fewer than nobody', 'payments=-1', 'from 1 to 20; to stop work for a while, pause it with'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readRoleCount(text)).toThrow(message);
  });
});
