// E-mail addresses as RFC 5321, 5322 and 6531 allow them.
import fc from 'fast-check';
import { orderSubmitted } from '../../../../domains/shop/events';
import { email } from '../../../../domains/shop/events/email';

const LABEL_63 = 'd'.repeat(63);

test.each([
  'ada@example.com',
  'ada.lovelace+orders@mail.example.co.uk',
  "!#$%&'*+-/=?^_`{|}~@example.com",
  '1@2.example',
  'a@b.xn--p1ai',
  'info@xn--80ak6aa92e.com',
  'user@例え.jp',
  '用户@例え.jp',
  'δοκιμή@παράδειγμα.δοκιμή',
  'नाम@उदाहरण.भारत',
  'jörg@straße.example',
  'x@example.museum',
  '"ada lovelace"@example.com',
  '"a@b \\" c"@example.com',
  'ada@[192.0.2.1]',
  'ada@[IPv6:2001:db8::1]',
  `${'l'.repeat(64)}@example.com`,
  `a@${LABEL_63}.com`,
  // 254 octets: 64 + 1 + 63 + 1 + 63 + 1 + 61.
  `${'l'.repeat(64)}@${LABEL_63}.${LABEL_63}.${'e'.repeat(61)}`,
])('%s', (text) => expect(email.safeParse(text).success).toBe(true));

test.each([
  '',
  'ada',
  'ada@',
  '@example.com',
  'ada@@example.com',
  'ada@exa mple.com',
  'ada lovelace@example.com',
  'ada@example',
  'ada@.com',
  'ada@example..com',
  'ada@example.com.',
  'ada@-example.com',
  'ada@example-.com',
  'ada@exam_ple.com',
  'ada@example.123',
  '.ada@example.com',
  'ada.@example.com',
  'a..da@example.com',
  'ada@example.com\n',
  'ada\u0000@example.com',
  'ada\u200b @example.com',
  '"ada\n"@example.com',
  '"ada@example.com',
  'ada@[192.0.2.1',
  'ada@[192.0.2.999]',
  'ada@[IPv6:1]',
  'Ada <ada@example.com>',
  'ada@example.com, bob@example.com',
  'mailto:ada@',
  `${'l'.repeat(65)}@example.com`,
  `${'é'.repeat(33)}@example.com`,
  `a@${'d'.repeat(64)}.com`,
  `a@${'ü'.repeat(60)}.com`,
  `${'l'.repeat(64)}@${LABEL_63}.${LABEL_63}.${'e'.repeat(62)}`,
])('not %j', (text) => {
  expect(email.safeParse(text).error?.issues[0]?.message).toContain('must be an e-mail address');
});

test('an order with such an address is accepted, and one with no address is refused for it', () => {
  const submitted = (address: string) =>
    orderSubmitted.schema.safeParse({ ...orderSubmitted.example, email: address });
  expect(submitted('用户@例え.jp').success).toBe(true);
  expect(submitted('nobody').error?.issues).toMatchObject([{ path: ['email'] }]);
});

test('takes what a generator of plain addresses makes', () => {
  fc.assert(fc.property(fc.emailAddress(), (text) => expect(email.safeParse(text).success).toBe(true)));
});

test('never takes long over a text', () => {
  for (const text of ['a.'.repeat(127), `${'"\\'.repeat(60)}@x.y`, `a@${'a-'.repeat(120)}.c`]) {
    const began = performance.now();
    email.safeParse(text);
    expect(performance.now() - began).toBeLessThan(50);
  }
});
