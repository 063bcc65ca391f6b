import fc from 'fast-check';
import { backoff } from '../../../../src/bridge/backoff';

const attempt = fc.integer({ min: 1, max: 100_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a wait is never so short that it spins, and never so long that work stands still', () => {
  fc.assert(
    fc.property(attempt, random, (count, chance) => {
      const ms = backoff(count, () => chance);
      expect(ms).toBeGreaterThanOrEqual(50);
      expect(ms).toBeLessThanOrEqual(2_000);
    }),
  );
});

test('waits grow until they have reached the longest', () => {
  fc.assert(
    fc.property(attempt, random, (count, chance) => {
      expect(backoff(count + 1, () => chance)).toBeGreaterThanOrEqual(backoff(count, () => chance));
    }),
  );
  expect([1, 2, 3, 4, 5, 6, 7].map((count) => backoff(count, () => 0))).toEqual([
    50, 100, 200, 400, 800, 1_000, 1_000,
  ]);
});

test('waits that begin together end at different times, by up to half of the wait', () => {
  const almostOne = 1 - Number.EPSILON;
  expect([1, 5, 100].map((count) => Math.round(backoff(count, () => almostOne)))).toEqual([
    100, 1_600, 2_000,
  ]);
  expect([1, 5, 100].map((count) => backoff(count, () => 0.5))).toEqual([75, 1_200, 1_500]);
});
