// Where people live: in any script, with or without a postal code, on one line each.
import { exampleAddress } from '../../../../domains/shop/events/address';
import fc from 'fast-check';
import { address } from '../../../../domains/shop/events/address';

const london = exampleAddress;
const at = (changes: object) => address.safeParse({ ...london, ...changes });
const problems = (changes: object) => at(changes).error?.issues;
const withoutCode = { ...london, postalCode: undefined };

test.each(['HK', 'AE', 'IE', 'QA', 'AO', 'JM', 'FJ', 'PA'])('%s: without a postal code', (country) => {
  expect(address.safeParse({ ...withoutCode, country }).success).toBe(true);
});

test.each(['DE', 'GB', 'US', 'JP', 'BR', 'IN'])('%s: not without a postal code', (country) => {
  expect(address.safeParse({ ...withoutCode, country }).error?.issues).toMatchObject([
    { path: ['postalCode'], message: expect.stringContaining(country) },
  ]);
});

test.each([
  {
    name: '山田 太郎',
    street: '千代田1-1',
    city: '東京都',
    region: '東京都',
    country: 'JP',
    postalCode: '100-0001',
  },
  { name: 'محمد بن راشد', street: 'شارع الشيخ زايد', city: 'دبي', country: 'AE' },
  { name: 'Zoë O’Brien-Łukasiewicz', street: 'Rua da Conceição, 3.º Esq.', city: 'São Tomé', country: 'ST' },
  // Persian joins words with U+200C, emoji with U+200D.
  { name: 'علی‌رضا', street: '👩‍🚀 House', city: 'تهران', country: 'IR' },
  { street2: 'Flat 4, c/o Babbage', region: 'Greater London', phone: '+44 20 7946 0958 ext. 12' },
  { phone: '(020) 7946-0958' },
  // As it is copied from a telephone's list of contacts.
  { phone: '\u202a+44 20 7946 0958\u202c' },
])('accepts %j', (changes) => expect(at(changes).success).toBe(true));

const FIELDS = ['name', 'street', 'street2', 'city', 'region', 'postalCode', 'phone'];
const CONTROLS = ['\n', '\r', '\t', '\v', '\u001b[2J', '\u0007', '\u007f', '\u0085', '\u2028', '\u2029'];

test.each(FIELDS)('no control character stands in %s', (field) => {
  for (const control of CONTROLS) {
    expect(problems({ [field]: `1 23${control}4` })).toMatchObject([
      { path: [field], message: expect.stringContaining('one line') },
    ]);
  }
});

test.each(FIELDS)('%s is not blank', (field) => {
  for (const text of ['', ' ', '\u00a0'])
    expect(problems({ [field]: text })?.[0]).toMatchObject({ path: [field] });
});

test.each(['ask the neighbour', '12', '1'.repeat(41)])('"%s" is no phone number', (phone) => {
  expect(problems({ phone })).toMatchObject([{ path: ['phone'] }]);
});

test('whatever has no control character and is not too long is a city', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), (city) => {
      const bad = /[\p{Cc}\u2028\u2029]/u.test(city) || city.trim() === '';
      expect(at({ city }).success).toBe(!bad);
    }),
  );
});
