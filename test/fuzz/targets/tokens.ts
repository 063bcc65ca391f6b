import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { authenticateByKey, newApiKey, parseApiKeys } from '../../../src/security/tokens/api-keys';
import { authenticateByJwt, keysIn } from '../../../src/security/tokens/jwt';
import { forbiddenEvent } from '../../../src/security/tokens';
import type { Target } from './target';
import { ensure } from './target';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const { key, entry } = newApiKey({ id: 'k-1', principal: 'web-shop', scopes: ['events:publish'] });
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'EdDSA' };
const options = { issuer: 'https://issuer.test', audience: 'sagaline' };
const keys = keysIn(JSON.stringify({ keys: [publicJwk] }));
const claims = {
  iss: options.issuer,
  aud: options.audience,
  sub: 'ada',
  exp: NOW / 1_000 + 60,
  scp: ['read'],
};

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (payload: object) => {
  const text = `${base64({ alg: 'EdDSA', kid: 'one' })}.${base64(payload)}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
};
const unsigned = (alg: string) => `${base64({ alg, kid: 'one' })}.${base64(claims)}`;
const valid = [signed(claims), key];
/** The classic mistake: the public key as the shared secret. */
const confused = `${unsigned('HS256')}.${createHmac('sha256', JSON.stringify(publicJwk)).update(unsigned('HS256')).digest('base64url')}`;

/** A bearer token, or a file of keys: only the tokens that were issued are taken, and nothing is thrown. */
export const tokens: Target = {
  seeds: [
    ...valid,
    ...[
      signed({ ...claims, exp: undefined }),
      signed({ ...claims, aud: [] }),
      `${unsigned('none')}.`,
      confused,
    ],
    JSON.stringify([entry, { ...entry, id: 'k-2', sources: ['/a/*'], expires: '2027-01-01T00:00:00+01:00' }]),
    JSON.stringify({ keys: [publicJwk, { kty: 'oct', k: 'AA' }] }),
  ].map((text) => Buffer.from(text)),
  run: async (input) => {
    const text = input.toString('utf8');
    const byKey = authenticateByKey([entry], text, NOW);
    ensure(byKey.kind === 'refused' || text === key, 'only the key itself is taken');
    const byJwt = await authenticateByJwt({ ...options, keys }, text, NOW);
    ensure(byJwt.kind !== 'unavailable', 'a token has nothing to do with whether keys can be fetched');
    // A signature in base64 may end in bits that nobody reads.
    const isIssued = valid.some((token) => token.slice(0, -1) === text.slice(0, -1));
    ensure(byJwt.kind === 'refused' || isIssued, 'only the token that was issued is taken');
    await checkFiles(text);
  },
};

async function checkFiles(text: string): Promise<void> {
  try {
    for (const { sources, types } of parseApiKeys(text))
      forbiddenEvent({ name: 'n', scopes: [], sources, types }, { source: text, type: text });
  } catch (error) {
    ensure(error instanceof Error && error.constructor === Error, 'a list of keys is refused by an Error');
    ensure(text.length < 40 || !error.message.includes(text), 'the refusal does not quote the keys');
  }
  let found: ReturnType<typeof keysIn>;
  try {
    found = keysIn(text);
  } catch (error) {
    ensure(error instanceof Error, 'a key set is refused by an Error');
    return;
  }
  const outcome = await authenticateByJwt({ ...options, keys: found }, signed(claims), NOW);
  // Base64 is read without what is not in its alphabet, and without its last bits.
  const isOurs = text.replace(/[^\w-]/g, '').includes((publicJwk.x ?? '').slice(0, -1));
  ensure(outcome.kind !== 'authenticated' || isOurs, 'another key set takes nothing');
}
