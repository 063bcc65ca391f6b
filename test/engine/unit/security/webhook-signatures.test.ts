import { createHmac } from 'node:crypto';
import type { SignedRequest, VerifyWebhook } from '../../../../src/contracts';
import {
  adyenSignature,
  bodyHmac,
  githubSignature,
  headerHmac,
  standardWebhooks,
  stripeSignature,
} from '../../../../src/security';

const NOW = new Date('2026-01-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const bytes = (text: string) => new TextEncoder().encode(text);
const call = (body: string, headers: Record<string, string> = {}): SignedRequest => ({
  body: bytes(body),
  headers,
});
const check = (verify: VerifyWebhook, request: SignedRequest, secrets: string[], now = NOW) => {
  const verified = verify(request, secrets, now);
  return verified.ok ? 'ok' : verified.reason;
};
const hex = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

describe('Stripe’s scheme', () => {
  const verify = stripeSignature();
  const of = (body: string, secret: string, time = SECONDS) =>
    call(body, { 'stripe-signature': `t=${time},v1=${hex(secret, `${time}.${body}`)}` });

  test('takes any of the secrets, within five minutes', () => {
    expect(check(verify, of('{}', 'whsec_old'), ['whsec_new', 'whsec_old'])).toBe('ok');
    expect(check(verify, of('{}', 'whsec_new', SECONDS - 300), ['whsec_new'])).toBe('ok');
    expect(check(verify, of('{}', 'whsec_new', SECONDS - 301), ['whsec_new'])).toMatch(/too old/);
    expect(check(stripeSignature({ toleranceS: 600 }), of('{}', 'a', SECONDS - 301), ['a'])).toBe('ok');
  });

  test('refuses another body, another secret, no secret and no header', () => {
    const { headers } = of('{}', 'whsec_new');
    expect(check(verify, call('{} ', headers), ['whsec_new'])).toMatch(/does not match/);
    expect(check(verify, call('{}', headers), ['whsec_other'])).toMatch(/does not match/);
    expect(check(verify, call('{}', headers), [])).toMatch(/does not match/);
    expect(check(verify, call('{}'), ['whsec_new'])).toBe('the header stripe-signature is missing');
  });
});

describe('Standard Webhooks', () => {
  // The example of the reference libraries (github.com/standard-webhooks/standard-webhooks, their tests).
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = '{"test": 2432232314}';
  const time = 1_614_265_330;
  const at = new Date(time * 1_000);
  const expected = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': String(time),
    'webhook-signature': expected,
  };
  const verify = standardWebhooks();
  const checkWith = (changes: Record<string, string>, secrets = [secret]) =>
    check(verify, call(body, { ...headers, ...changes }), secrets, at);

  test.each([
    ['as it is', {}, [secret]],
    ['with a secret without its prefix', {}, [secret.slice('whsec_'.length)]],
    ['with an older secret beside', {}, ['whsec_AAAA', secret]],
    [
      'among other signatures',
      { 'webhook-signature': `v1a,AAAA v1,${'A'.repeat(43)}= ${expected} v2,AAAA` },
      [secret],
    ],
  ])('is taken %s', (_, changes, secrets) => {
    expect(checkWith(changes, secrets)).toBe('ok');
  });

  test.each([
    ['another id', { 'webhook-id': 'msg_other' }, /does not match/],
    ['another version', { 'webhook-signature': expected.replace('v1', 'v2') }, /does not match/],
    ['an empty signature', { 'webhook-signature': '' }, /does not match/],
    ['half a signature', { 'webhook-signature': expected.slice(0, 20) }, /does not match/],
    ['an old time', { 'webhook-timestamp': String(time - 301) }, /too old/],
    ['a time that is none', { 'webhook-timestamp': 'noon' }, /no time/],
  ])('is refused with %s', (_, changes, reason) => {
    expect(checkWith(changes)).toMatch(reason);
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('is refused without %s', (name) => {
    const others = Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
    expect(check(verify, call(body, others), [secret], at)).toBe(`the header ${name} is missing`);
  });

  test('is refused with a secret that is not base64, and the reason does not tell it', () => {
    const reason = checkWith({}, ['whsec_!!!']);
    expect(reason).toMatch(/not whsec_ and base64/);
    expect(reason).not.toContain('!!!');
  });

  test('may have Svix’s names', () => {
    const old = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
    );
    expect(check(standardWebhooks({ prefix: 'svix' }), call(body, old), [secret], at)).toBe('ok');
  });
});

describe('an HMAC in a header', () => {
  test('GitHub’s', () => {
    // The example of GitHub's documentation, "Testing the webhook payload validation".
    const value = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const request = call('Hello, World!', { 'x-hub-signature-256': value });
    const secret = "It's a Secret to Everybody";
    expect(check(githubSignature(), request, ['older', secret])).toBe('ok');
    expect(check(githubSignature(), request, ['older'])).toMatch(/does not match/);
    expect(check(githubSignature(), call('Hello, World?', request.headers), [secret])).toMatch(
      /does not match/,
    );
    const bare = { 'x-hub-signature-256': value.slice('sha256='.length) };
    expect(check(githubSignature(), call('Hello, World!', bare), [secret])).toMatch(/does not begin/);
  });

  test('in base64, without a prefix', () => {
    const value = createHmac('sha256', 'a').update('{}').digest('base64');
    const verify = headerHmac({ header: 'x-shopify-hmac-sha256', encoding: 'base64' });
    expect(check(verify, call('{}', { 'x-shopify-hmac-sha256': value }), ['a'])).toBe('ok');
    expect(check(verify, call('{}', { 'x-shopify-hmac-sha256': '' }), ['a'])).toMatch(/does not match/);
    expect(check(verify, call('{}'), ['a'])).toMatch(/missing/);
  });
});

describe('an HMAC inside the body', () => {
  // Adyen's published example (in the tests of its libraries, such as github.com/Adyen/adyen-ruby-api-library).
  const key = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
  const item = {
    pspReference: '7914073381342284',
    originalReference: '',
    merchantAccountCode: 'TestMerchant',
    merchantReference: 'TestPayment-1407325143704',
    amount: { currency: 'EUR', value: 1_130 },
    eventCode: 'AUTHORISATION',
    success: 'true',
    eventDate: '2026-01-01T12:00:00Z',
    additionalData: { hmacSignature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=' },
  };
  const bodyOf = (...items: object[]) =>
    call(JSON.stringify({ notificationItems: items.map((one) => ({ NotificationRequestItem: one })) }));
  const verify = adyenSignature();

  test('Adyen’s', () => {
    expect(check(verify, bodyOf(item), ['00ff', key])).toBe('ok');
    expect(check(verify, bodyOf(item, item), [key])).toBe('ok');
  });

  test.each([
    ['in base64', 'kYq0Zm9vkYq0Zm9vkYq0Zm9vkYq0Zm9vkYq0Zm9vkYo='],
    ['with a prefix', `0x${key}`],
    ['with one wrong character', `${key.slice(0, 2)}-${key.slice(3)}`],
    ['of an odd length', key.slice(1)],
  ])('is refused with a secret that is not hex: %s', (_, wrong) => {
    // What Node.js reads of such a secret: nothing, or its first bytes, which anyone can guess.
    const read = Buffer.from(wrong, 'hex');
    const signed = [item.pspReference, '', item.merchantAccountCode, item.merchantReference];
    const text = [...signed, '1130', 'EUR', item.eventCode, 'true'].join(':');
    const hmacSignature = createHmac('sha256', read).update(text).digest('base64');
    const forged = bodyOf({ ...item, additionalData: { hmacSignature } });
    const reason = check(verify, forged, [key, wrong]);
    expect(reason).toBe('a secret of ours is not hex');
    expect(check(verify, forged, [key])).toMatch(/does not match/);
  });

  test.each([
    ['another amount', bodyOf({ ...item, amount: { currency: 'EUR', value: 1 } }), /does not match/],
    ['one of two items forged', bodyOf(item, { ...item, success: 'false' }), /does not match/],
    ['one of two items unsigned', bodyOf(item, { ...item, additionalData: {} }), /is missing/],
    ['no items', bodyOf(), /nothing signed/],
    ['no list', call('{}'), /nothing signed/],
    ['no JSON', call('{'), /cannot be read/],
  ])('is refused with %s', (_, request, reason) => {
    expect(check(verify, request, [key])).toMatch(reason);
  });

  test('an absent member is signed as an empty text', () => {
    expect(check(verify, bodyOf({ ...item, originalReference: undefined }), [key])).toBe('ok');
    expect(check(verify, bodyOf({ ...item, merchantReference: undefined }), [key])).toMatch(/does not match/);
  });

  test('of a provider with one notification in a body', () => {
    const own = bodyHmac({
      signature: 'sign',
      encoding: 'hex',
      fields: ['id', 'paid'],
      separator: '|',
      secretEncoding: 'utf8',
    });
    const body = JSON.stringify({ id: 'a', paid: true, sign: hex('secret', 'a|true') });
    expect(check(own, call(body), ['secret'])).toBe('ok');
    expect(check(own, call(body.replace('true', 'false')), ['secret'])).toMatch(/does not match/);
  });
});
