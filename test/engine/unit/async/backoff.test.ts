import fc from 'fast-check';
import { doubling } from '../../../../src/async';
import { retryPause } from '../../../../src/delivery';

const attempt = fc.integer({ min: 1, max: 100_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a wait is never so short that it spins, and never so long that work stands still', () => {
  fc.assert(
    fc.property(attempt, random, (count, chance) => {
      const ms = retryPause(count, () => chance);
      expect(ms).toBeGreaterThanOrEqual(50);
      expect(ms).toBeLessThanOrEqual(2_000);
    }),
  );
});

test('waits grow until they have reached the longest', () => {
  fc.assert(
    fc.property(attempt, random, (count, chance) => {
      expect(retryPause(count + 1, () => chance)).toBeGreaterThanOrEqual(retryPause(count, () => chance));
    }),
  );
  expect([1, 2, 3, 4, 5, 6, 7].map((count) => retryPause(count, () => 0))).toEqual([
    50, 100, 200, 400, 800, 1_000, 1_000,
  ]);
});

test('waits that begin together end at different times, by up to half of the wait', () => {
  const almostOne = 1 - Number.EPSILON;
  expect([1, 5, 100].map((count) => Math.round(retryPause(count, () => almostOne)))).toEqual([
    100, 1_600, 2_000,
  ]);
  expect([1, 5, 100].map((count) => retryPause(count, () => 0.5))).toEqual([75, 1_200, 1_500]);
});

test('without jitter a wait doubles with each failure, up to the longest', () => {
  const limits = { firstMs: 250, longestMs: 4_000 };
  expect([1, 2, 3, 4, 5, 6, 2_000].map((failures) => doubling(failures, limits))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 4_000, 4_000,
  ]);
});
