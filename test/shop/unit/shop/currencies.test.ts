// ISO 4217's exponents, the texts that are made with them, and the bounds of sums.
import fc from 'fast-check';
import { CURRENCIES, minorDigits } from '../../../../domains/shop/currencies';
import { orderSubmitted } from '../../../../domains/shop/events';
import { MAX_AMOUNT } from '../../../../domains/shop/rules/limits';
import { orderTotal, priceText } from '../../../../domains/shop/rules/pricing';

const order = orderSubmitted.example;
const submitted = (changes: object) => orderSubmitted.schema.safeParse({ ...order, ...changes });

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['ISK', 0],
  ['UGX', 0],
  ['KWD', 3],
  ['TND', 3],
  ['CLF', 4],
  // Where ICU's digits are those that people use, and not ISO's.
  ['IQD', 3],
  ['LAK', 2],
  ['HUF', 2],
  ['MGA', 2],
])('%s has %i digits', (code, digits) => expect(minorDigits(code)).toBe(digits));

test('there are the 165 active currencies with a minor unit, and no others', () => {
  expect(CURRENCIES).toHaveLength(165);
  expect(CURRENCIES).toEqual([...CURRENCIES].sort());
  for (const code of ['ZWG', 'XCG', 'VED', 'SLE', 'XAF']) expect(CURRENCIES).toContain(code);
  // Historic, without a minor unit, or for tests.
  for (const code of ['DEM', 'HRK', 'BGN', 'ANG', 'ZWL', 'CUC', 'XAU', 'XDR', 'XXX', 'XTS'])
    expect(CURRENCIES).not.toContain(code);
});

test.each([
  [1_290, 'EUR', '12.90 EUR'],
  [1_290, 'JPY', '1,290 JPY'],
  [1_290, 'KWD', '1.290 KWD'],
  [1_290, 'CLF', '0.1290 CLF'],
  [5, 'KWD', '0.005 KWD'],
  [0, 'EUR', '0.00 EUR'],
  [0, 'JPY', '0 JPY'],
  [123_456_789, 'USD', '1,234,567.89 USD'],
  [MAX_AMOUNT, 'JPY', '1,000,000,000,000,000 JPY'],
  [MAX_AMOUNT - 1, 'KWD', '999,999,999,999.999 KWD'],
])('%i of %s is %s', (amount, currency, text) => expect(priceText({ amount, currency })).toBe(text));

const anyMoney = fc.record({
  amount: fc.integer({ min: 0, max: MAX_AMOUNT }),
  currency: fc.constantFrom(...CURRENCIES),
});

test('an amount in a currency that was given up is still shown', () => {
  expect(priceText({ amount: 1_290, currency: 'BGN' })).toBe('1,290 minor units of BGN');
});

test('a price’s text is its amount, to the last digit', () => {
  fc.assert(
    fc.property(anyMoney, ({ amount, currency }) => {
      const [number = '', code] = priceText({ amount, currency }).split(' ');
      expect(code).toBe(currency);
      expect(Number(number.replace(/[.,]/g, ''))).toBe(amount);
      expect(number.split('.')[1] ?? '').toHaveLength(minorDigits(currency) ?? -1);
    }),
  );
});

test('an order in each of them is accepted', () => {
  for (const currency of CURRENCIES) expect(submitted({ currency }).success).toBe(true);
});

test.each(['eur', 'EURO', 'DEM', 'XXX', 'E', ''])('an order in "%s" is refused', (currency) => {
  expect(submitted({ currency }).error?.issues).toMatchObject([{ path: ['currency'] }]);
});

const anyLines = fc
  .uniqueArray(
    fc.string({ unit: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'), minLength: 1, maxLength: 8 }),
    {
      minLength: 1,
      maxLength: 100,
    },
  )
  .chain((skus) =>
    fc.tuple(
      ...skus.map((sku) =>
        fc.record({
          sku: fc.constant(sku),
          quantity: fc.integer({ min: 1, max: 1_000 }),
          unitPrice: fc.integer({ min: 0, max: 1_000_000_000_000 }),
        }),
      ),
    ),
  );

test('the total of an order that is accepted is exact; any other is refused for its lines', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const exact = lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitPrice), 0n);
      const checked = submitted({ lines });
      expect(checked.success).toBe(exact <= BigInt(MAX_AMOUNT));
      if (checked.success) expect(BigInt(orderTotal({ lines, currency: 'EUR' }).amount)).toBe(exact);
      else expect(checked.error.issues).toMatchObject([{ path: ['lines'] }]);
    }),
  );
});

test('a total over the bound is refused with the rule', () => {
  const lines = [{ sku: 'GOLD', quantity: 1_000, unitPrice: 1_000_000_000_000 }];
  const more = [...lines, { sku: 'TEA', quantity: 1, unitPrice: 1 }];
  expect(submitted({ lines }).success).toBe(true);
  expect(submitted({ lines: more }).error?.issues).toMatchObject([
    { path: ['lines'], message: expect.stringContaining('1000000000000000') },
  ]);
});
