// Every bad signature is refused before the event is parsed; with the control off, the same event is taken.
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import fc from 'fast-check';
import type { CheckedSignature, PublishedMessage } from '../../../../../src/contracts';
import { createCatalogue, decodeSigned, MAX_EVENT_BYTES } from '../../../../../src/contracts';
import type { PublicKeyEntry } from '../../../../../src/security/signatures';
import { DAY_MS, testCheck, testKey } from '../../../../support/signatures';
import { pingDomain } from '../../../../support/ping/domain';
import { pingEvent } from '../../../../support/ping/events';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const now = () => NOW;
const at = (ms: number) => new Date(NOW + ms).toISOString();
const catalogue = createCatalogue([pingDomain]);
const { body, subject } = pingEvent('p-1');
const shop = testKey('web-shop', ['/test/*'], { now });
const other = testKey('other-shop', ['/other'], { now });
const HEADER = {
  ...{ alg: 'EdDSA', typ: 'sagaline-event.v1', cty: 'cloudevents+json', kid: 'web-shop' },
  ...{ aud: 'sagaline-test', iat: NOW / 1_000, b64: false, crit: ['b64'] },
};

type Headers = PublishedMessage['headers'];
const STRUCTURED: Headers = { 'Content-Type': ['application/cloudevents+json'] };
const signed = (jws: string, headers: Headers = STRUCTURED): Headers => ({
  ...headers,
  'x-jws-signature': [jws],
});

/** A detached JWS made by hand, with any protected header. */
function jws(header: object, payload: Uint8Array = body, key = shop.key.key): string {
  const head = Buffer.from(JSON.stringify(header)).toString('base64url');
  return `${head}..${signBytes(null, Buffer.concat([Buffer.from(`${head}.`), payload]), key).toString('base64url')}`;
}

function outcomeOf(
  headers: Headers,
  { entries = [shop.entry, other.entry], message = body, storedAt = undefined as Date | undefined } = {},
) {
  const { check, counted } = testCheck(entries, { now });
  const signature: CheckedSignature = check({ headers, body: message, storedAt });
  const decoding = decodeSigned({ subject, headers, body: message }, catalogue, signature);
  return { decoding, counted };
}

/** The attack is refused for this fault, and would have got through without the control. */
function expectRefused(
  headers: Headers,
  fault: string,
  {
    entries = [shop.entry, other.entry] as readonly PublicKeyEntry[],
    storedAt = undefined as Date | undefined,
  } = {},
) {
  const { decoding, counted } = outcomeOf(headers, { entries: [...entries], storedAt });
  expect(counted).toEqual([fault]);
  const reason = fault === 'other-source' ? 'forbidden-signer' : 'invalid-signature';
  expect(decoding).toMatchObject({ ok: false, rejection: { reason } });
  expect(decodeSigned({ subject, headers, body }, catalogue, undefined).ok).toBe(true);
  return decoding;
}

test('a signed event is taken, from HTTP and from NATS', async () => {
  const text = await shop.sign(body);
  for (const headers of [signed(text), signed(text, {}), { ...STRUCTURED, 'X-JWS-Signature': [text] }]) {
    const { decoding, counted } = outcomeOf(headers);
    expect(decoding).toMatchObject({ ok: true, event: { source: '/test/ping', key: 'p-1' } });
    expect(counted).toEqual(['valid']);
  }
  expect(jws(HEADER)).toBe(text);
});

test('no signature, two, one that is too long, and what is none', async () => {
  const text = await shop.sign(body);
  expectRefused(STRUCTURED, 'missing');
  expectRefused({ ...STRUCTURED, 'x-jws-signature': [text, text] }, 'several');
  expectRefused({ ...signed(text), 'X-Jws-Signature': [text] }, 'several');
  expectRefused(signed('x'.repeat(100_000)), 'too-large');
  const [head = '', , signature = ''] = text.split('.');
  const payload = Buffer.from(body).toString('base64url');
  for (const wrong of ['', 'a.b.c', `${head}..`, `..${signature}`, `${head}.${payload}.${signature}`])
    expectRefused(signed(wrong), 'malformed');
  for (const wrong of [`${text},${text}`, ` ${text}`, `${text}=`, text.slice(0, -1)])
    expectRefused(signed(wrong), 'malformed');
});

test('a signature can be written in one way only', async () => {
  const text = await shop.sign(body);
  const last = text.slice(-1);
  // The next character decodes to the same bytes.
  const sibling = { A: 'B', Q: 'R', g: 'h', w: 'x' }[last] ?? '';
  expect(Buffer.from(text.slice(-86, -1) + sibling, 'base64url')).toEqual(
    Buffer.from(text.slice(-86), 'base64url'),
  );
  expectRefused(signed(text.slice(0, -1) + sibling), 'malformed');
});

test('other algorithms, versions and parameters', () => {
  const head = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
  const none = head({ ...HEADER, alg: 'none' });
  expectRefused(signed(`${none}..`), 'malformed');
  expectRefused(signed(`${none}..${'A'.repeat(86)}`), 'unsupported');
  // The public key as a shared secret.
  const hs256 = head({ ...HEADER, alg: 'HS256' });
  const mac = createHmac('sha256', Buffer.from(shop.entry.x, 'base64url')).update(`${hs256}.`).update(body);
  expectRefused(signed(`${hs256}..${mac.digest('base64url')}`), 'malformed');
  const es256 = head({ ...HEADER, alg: 'ES256' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsa = signBytes('sha256', Buffer.concat([Buffer.from(`${es256}.`), body]), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  expectRefused(signed(`${es256}..${ecdsa.toString('base64url')}`), 'unsupported');
  for (const change of [
    { typ: 'sagaline-event.v0' },
    { typ: 'sagaline-event.v2' },
    { typ: undefined },
    { alg: 'Ed25519' },
    { b64: true },
    { b64: undefined, crit: undefined },
    { crit: ['b64', 'exp'] },
    { aud: undefined },
    { iat: undefined },
    { jwk: shop.entry },
    { kid: 'a\nb' },
  ])
    expectRefused(signed(jws({ ...HEADER, ...change })), 'unsupported');
  expectRefused(signed(`${Buffer.from('{').toString('base64url')}..${'A'.repeat(86)}`), 'unsupported');
});

test('the key of nobody, and of somebody else', async () => {
  const stranger = testKey('web-shop', ['/test/*'], { now });
  const unknown = testKey('unknown', ['/test/*'], { now });
  expectRefused(signed(await stranger.sign(body)), 'not-verified');
  expectRefused(signed(await unknown.sign(body)), 'not-verified');
  const decoding = expectRefused(signed(await other.sign(body)), 'other-source');
  expect(decoding).toMatchObject({
    rejection: { path: 'source', detail: expect.stringContaining('other-shop') },
  });
});

test('a key that is not valid yet, has expired, or is revoked', async () => {
  const headers = signed(await shop.sign(body));
  const withEntry = (change: Partial<PublicKeyEntry>) => ({ entries: [{ ...shop.entry, ...change }] });
  expectRefused(headers, 'key-not-yet-valid', withEntry({ notBefore: at(1) }));
  expectRefused(headers, 'key-expired', withEntry({ expires: at(0) }));
  expectRefused(headers, 'key-revoked', withEntry({ revoked: true }));
  const valid = withEntry({ notBefore: at(0), expires: at(1), revoked: false });
  expect(outcomeOf(headers, valid).decoding.ok).toBe(true);
});

test('what counts is when the event was stored, except after a revocation', async () => {
  const headers = signed(await shop.sign(body));
  const expired = { ...shop.entry, expires: at(-1) };
  const storedAt = new Date(NOW - 2);
  expect(outcomeOf(headers, { entries: [expired], storedAt }).decoding.ok).toBe(true);
  expectRefused(headers, 'key-expired', { entries: [expired] });
  expectRefused(headers, 'key-revoked', { entries: [{ ...expired, revoked: true }], storedAt });
});

test('what is told of a key is told only to those who have it', async () => {
  const stranger = testKey('web-shop', ['/test/*'], { now });
  const headers = signed(await stranger.sign(body));
  const answers = [
    [shop.entry],
    [{ ...shop.entry, revoked: true }],
    [{ ...shop.entry, expires: at(-1) }],
    [other.entry],
  ].map((entries) => outcomeOf(headers, { entries }).decoding);
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
});

test('a signature for another deployment, another body, or another way to read it', async () => {
  const elsewhere = testKey('web-shop', ['/test/*'], { audience: 'sagaline-staging', now });
  const entries = [elsewhere.entry];
  expectRefused(signed(await elsewhere.sign(body)), 'other-audience', { entries });
  expectRefused(signed(await shop.sign(pingEvent('p-1').body)), 'not-verified');
  expectRefused(signed(await shop.sign(body, 'cloudevents-batch+json')), 'other-content-type');
});

test('a signed event is not taken as the data of another one', async () => {
  const binary: Headers = {
    ...{ 'ce-specversion': ['1.0'], 'ce-id': ['1'], 'ce-source': ['/test/ping'] },
    ...{ 'ce-type': ['test.sagaline.pings.pinged.v2'] },
  };
  for (const type of [{}, { 'Content-Type': ['application/json'] }]) {
    const { decoding, counted } = outcomeOf(signed(await shop.sign(body), { ...binary, ...type }));
    expect(counted).toEqual(['other-content-type']);
    expect(decoding).toMatchObject({ ok: false, rejection: { reason: 'invalid-signature' } });
  }
});

test('a signature of the future, and one that is older than what recognises repeats', () => {
  const iat = (ms: number) => signed(jws({ ...HEADER, iat: Math.floor((NOW + ms) / 1_000) }));
  expectRefused(iat(301_000), 'signed-in-the-future');
  expect(outcomeOf(iat(300_000)).decoding.ok).toBe(true);
  expectRefused(iat(-100 * DAY_MS - 1_000), 'signed-too-long-ago');
  expect(outcomeOf(iat(-100 * DAY_MS)).decoding.ok).toBe(true);
  // It was stored in time, and has waited.
  const storedAt = new Date(NOW - 50 * DAY_MS);
  expect(outcomeOf(iat(-120 * DAY_MS), { storedAt }).decoding.ok).toBe(true);
});

test('a body that is no event is not parsed before its signature counts', async () => {
  const garbage = new TextEncoder().encode('{"id":');
  const { decoding } = outcomeOf(signed('no signature'), { message: garbage });
  expect(decoding).toMatchObject({ rejection: { reason: 'invalid-signature' } });
  const { decoding: genuine } = outcomeOf(signed(await shop.sign(garbage)), { message: garbage });
  expect(genuine).toMatchObject({ rejection: { reason: 'not-json' } });
  const large = new Uint8Array(MAX_EVENT_BYTES + 1);
  const { decoding: tooLarge, counted } = outcomeOf(STRUCTURED, { message: large });
  expect(tooLarge).toMatchObject({ rejection: { reason: 'too-large' } });
  expect(counted).toEqual([]);
});

test('any single changed byte is refused, of the body and of the signature', async () => {
  const text = await shop.sign(body);
  const { check } = testCheck([shop.entry, other.entry], { now });
  const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(change, ([position, difference]) => {
      const changed = Uint8Array.from(body);
      const index = position % body.length;
      changed[index] = (changed[index] ?? 0) ^ difference;
      expect(check({ headers: signed(text), body: changed }).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(change, ([position, difference]) => {
      const changed = Buffer.from(text, 'latin1');
      const index = position % text.length;
      changed[index] = (changed[index] ?? 0) ^ difference;
      expect(check({ headers: signed(changed.toString('latin1')), body }).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('report counts, logs once for each key and fault, and refuses nothing', async () => {
  const { check, counted, log } = testCheck([shop.entry], { mode: 'report', now });
  for (const headers of [
    STRUCTURED,
    STRUCTURED,
    signed(await other.sign(body)),
    signed(await shop.sign(body)),
  ]) {
    const signature = check({ headers, body });
    expect(decodeSigned({ subject, headers, body }, catalogue, signature).ok).toBe(true);
  }
  expect(counted).toEqual(['missing', 'missing', 'not-verified', 'valid']);
  expect(log.lines.map(({ fields }) => fields)).toEqual([
    { fault: 'missing' },
    { fault: 'not-verified', kid: 'other-shop' },
  ]);
});
