import { seededRandom } from '../../../../src/dev/random';

const many = <Item>(make: () => Item, count = 1_000) => Array.from({ length: count }, make);

describe('random choices by a seed', () => {
  test('are the same for the same seed', () => {
    const [one, other] = [seededRandom(42), seededRandom(42)];
    expect(many(() => one.between(0, 1))).toEqual(many(() => other.between(0, 1)));
  });

  test('stay within their bounds and use all of them', () => {
    const random = seededRandom(1);
    const numbers = many(() => random.between(10, 20));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...numbers)).toBeLessThan(20);
    expect(new Set(numbers.map(Math.floor)).size).toBe(10);
  });

  test('pick every item of a list, and none of an empty one', () => {
    const random = seededRandom(2);
    expect(new Set(many(() => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']));
    expect(() => random.pick([])).toThrow('nothing to pick from');
  });

  test('shuffle without losing or doubling an item', () => {
    const random = seededRandom(3);
    const list = [1, 2, 3, 4, 5];
    expect(random.shuffled(list).sort()).toEqual(list);
    expect(new Set(many(() => random.shuffled(list).join())).size).toBe(120);
    expect(list).toEqual([1, 2, 3, 4, 5]);
  });
});
