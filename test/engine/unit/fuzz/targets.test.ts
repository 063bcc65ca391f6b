// What `npm run fuzz` searches: here with its seeds, with inputs of fast-check, and with inputs that a target must refuse.
import fc from 'fast-check';
import { mutated, randomOf } from '../../../fuzz/mutate';
import { TARGETS } from '../../../fuzz/targets';
import { inputOf, partsIn } from '../../../fuzz/targets/target';
import { takenBy, webhookCalls } from '../../../fuzz/targets/webhooks';

const MUTATIONS = 25;

describe.each(Object.entries(TARGETS))('%s', (_, { seeds, run }) => {
  test('holds for its seeds and for changes of them', async () => {
    const random = randomOf(7);
    const words = ['"', '\\u0000', '__proto__', 'v1,', 'sha256=', '%', '\n'];
    for (const seed of seeds) {
      await run(seed);
      for (let at = 0; at < MUTATIONS; at++) await run(mutated(seed, { corpus: seeds, words }, random));
    }
  });

  test('holds for any bytes, with any headers', async () => {
    const known = seeds.flatMap((seed) => partsIn(seed).head.filter((_text, at) => at % 2 === 0));
    const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', ...known), fc.string({ maxLength: 9 }));
    const value = fc.string({ unit: 'binary', maxLength: 40 });
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))),
    );
    const property = fc.asyncProperty(fc.dictionary(name, value), body, async (headers, bytes) => {
      await run(inputOf(headers, bytes));
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

test('each signed call is taken by its own kind of signature', () => {
  expect(webhookCalls.seeds.map(takenBy)).toEqual([
    ['adyen'],
    ['github'],
    ['shopify'],
    ['standard'],
    ['stripe'],
    ['own'],
  ]);
});

test('the same seed changes an input in the same way', () => {
  const change = (seed: number) =>
    mutated(Buffer.from('abc'), { corpus: [], words: ['x'] }, randomOf(seed)).toString('hex');
  expect(change(1)).toBe(change(1));
  expect(new Set(Array.from({ length: 20 }, (_, seed) => change(seed))).size).toBeGreaterThan(5);
});
