import fc from 'fast-check';
import { isStorable, storableText } from '../../../../src/contracts';

test('a text of a stranger can be stored, whatever it was and wherever it was cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(30), (text, max) => {
      const fit = storableText(text, max);
      expect(isStorable(fit)).toBe(true);
      expect(fit.length).toBeLessThanOrEqual(max);
    }),
    {
      examples: [
        ['a\0b', 3],
        ['\ud83c\udf75', 1],
        ['\udf75', 1],
      ],
    },
  );
});

test('one that can be stored stays as it is', () => {
  expect(storableText('Tee, 2 × 🍵', 100)).toBe('Tee, 2 × 🍵');
});
