import { amountLimits } from '../../../../domains/shop/sandbox/payments/limits';
import { CURRENCIES } from '../../../../domains/shop/currencies';
import { amountProblem } from '../../../../domains/shop/rules/payments';

test.each([
  [50, 'EUR'],
  [99_999_999, 'EUR'],
  [50, 'JPY'],
  [150, 'KWD'],
  // Nobody is asked for it.
  [0, 'EUR'],
])('%i %s can be paid', (amount, currency) => {
  expect(amountProblem({ amount, currency })).toBeUndefined();
});

test.each([
  [49, 'EUR', 'less'],
  [100_000_000, 'EUR', 'more'],
  [100_000_000, 'XXX', 'more'],
  [149, 'KWD', 'less'],
  [1_000_000_000, 'KWD', 'more'],
])('%i %s cannot', (amount, currency, why) => {
  expect(amountProblem({ amount, currency })).toContain(`is ${why} than one payment may be`);
});

test('the problem is told in prices, for people', () => {
  expect(amountProblem({ amount: 149, currency: 'KWD' })).toBe(
    '0.149 KWD is less than one payment may be: 0.150 KWD',
  );
});

test('the limits are those of the provider, in every currency', () => {
  for (const currency of CURRENCIES) {
    const { min, max } = amountLimits(currency);
    const problems = [min - 1, min, max, max + 1].map((amount) => amountProblem({ amount, currency }));
    expect([currency, ...problems.map((problem) => problem !== undefined)]).toEqual([
      currency,
      true,
      false,
      false,
      true,
    ]);
  }
});
