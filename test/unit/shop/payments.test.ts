import { amountProblem } from '../../../src/domains/shop/rules/payments';

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
