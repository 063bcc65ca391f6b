// JSON Web Tokens of an identity provider: what is signed, by whom, for whom, and until when.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createAuthentication } from '../../../../src/security/tokens';
import { authenticateByJwt } from '../../../../src/security/tokens/jwt';
import { rememberingLog } from '../../../support/log';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'sagaline';
const SECOND = 1_000;

const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-jwt-'));
const jwksFile = path.join(folder, 'jwks.json');
const claims = { scope: 'openid events:publish unknown:scope', sagaline_sources: ['/shop'] };

interface Key {
  readonly kid: string;
  readonly secret: CryptoKey;
  readonly public: JWK;
}
async function keyWith(kid: string): Promise<Key> {
  const pair = await generateKeyPair('ES256');
  return {
    kid,
    secret: pair.privateKey,
    public: { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' },
  };
}

let ours: Key;
let another: Key;
beforeAll(async () => {
  [ours, another] = await Promise.all([keyWith('one'), keyWith('two')]);
  writeFileSync(jwksFile, JSON.stringify({ keys: [ours.public] }));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Signing {
  readonly key?: Key;
  readonly kid?: string;
  /** In seconds from now; `undefined`: never */
  readonly expires?: number | undefined;
}

function tokenOf(payload: JWTPayload = claims, signing: Signing = {}): Promise<string> {
  const { key = ours, kid = key.kid, expires } = { expires: 60, ...signing };
  const exp = expires === undefined ? {} : { exp: NOW / SECOND + expires };
  return new SignJWT({ sub: 'web-shop', iss: ISSUER, aud: AUDIENCE, ...exp, ...payload })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key.secret);
}

function authentication(jwks: { url: string } | { file: string } = { file: jwksFile }) {
  let now = NOW;
  const jwt = { jwks, issuer: ISSUER, audience: AUDIENCE };
  const authenticate = createAuthentication({ jwt }, { now: () => now, log: rememberingLog() });
  return { authenticate, wait: (ms: number) => void (now += ms) };
}

const accepted = {
  kind: 'authenticated',
  principal: { name: 'web-shop', scopes: ['events:publish'], sources: ['/shop'], types: undefined },
};

test('a valid token is its subject’s; scopes of other services give nothing', async () => {
  expect(await authentication().authenticate(await tokenOf())).toEqual(accepted);
  const listed = await tokenOf({ scp: ['read', 'operate'] });
  expect(await authentication().authenticate(listed)).toMatchObject({
    principal: { scopes: ['read', 'operate'], sources: undefined },
  });
});

test.each<[string, () => string | Promise<string>]>([
  ['of another issuer', () => tokenOf({ ...claims, iss: 'https://evil.example.com/' })],
  ['for another service', () => tokenOf({ ...claims, aud: 'billing' })],
  ['of nobody', () => tokenOf({ ...claims, sub: '' })],
  ['that never expires', () => tokenOf(claims, { expires: undefined })],
  ['signed with another key', () => tokenOf(claims, { key: another })],
  ['signed with another key under a known id', () => tokenOf(claims, { key: another, kid: 'one' })],
  ['without a signature', () => new UnsecuredJWT({ sub: 'x', iss: ISSUER, aud: AUDIENCE }).encode()],
  [
    'signed with the public key as a shared secret',
    () =>
      new SignJWT({ sub: 'x', iss: ISSUER, aud: AUDIENCE, exp: NOW })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(Buffer.from(JSON.stringify(ours.public))),
  ],
  [
    'with a changed byte',
    async () => (await tokenOf()).replace(/\.(.)/, (_, one) => `.${one === 'e' ? 'f' : 'e'}`),
  ],
  ['that is none', () => 'a.b.c'],
])('a token %s is refused', async (_, token) => {
  expect(await authentication().authenticate(await token())).toEqual({
    kind: 'refused',
    reason: 'invalid-token',
  });
});

test('a token that is signed with a shared secret is refused, whoever has the secret', async () => {
  // A key set of jose never gives one out; another source of keys might.
  const secret = Buffer.alloc(32, 's');
  const token = await new SignJWT({ sub: 'x', iss: ISSUER, aud: AUDIENCE, exp: NOW })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secret);
  const options = { issuer: ISSUER, audience: AUDIENCE, keys: () => secret };
  expect(await authenticateByJwt(options, token, NOW)).toEqual({ kind: 'refused', reason: 'invalid-token' });
});

test('a token is refused once it has expired, five seconds of difference between clocks aside', async () => {
  const { authenticate, wait } = authentication();
  const token = await tokenOf(claims, { expires: 10 });
  wait(14 * SECOND);
  expect(await authenticate(token)).toEqual(accepted);
  wait(2 * SECOND);
  expect(await authenticate(token)).toEqual({ kind: 'refused', reason: 'expired' });
});

test('a changed file of keys applies', async () => {
  const { authenticate, wait } = authentication();
  const token = await tokenOf(claims, { key: another });
  expect(await authenticate(token)).toMatchObject({ kind: 'refused' });
  writeFileSync(jwksFile, JSON.stringify({ keys: [ours.public, another.public] }));
  wait(SECOND);
  expect(await authenticate(token)).toEqual(accepted);
});

describe('keys at an address', () => {
  let server: Server;
  let status = 200;
  let padding = 0;
  let requests = 0;
  beforeEach(() => void ([status, padding, requests] = [200, 0, 0]));
  beforeAll(async () => {
    server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status).end(JSON.stringify({ keys: [ours.public], padding: ' '.repeat(padding) }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;

  test('are fetched', async () => {
    expect(await authentication({ url: url() }).authenticate(await tokenOf())).toEqual(accepted);
  });

  test('that cannot be fetched refuse nobody: nothing is known about the token', async () => {
    status = 500;
    expect(await authentication({ url: url() }).authenticate(await tokenOf())).toMatchObject({
      kind: 'unavailable',
    });
    const nowhere = authentication({ url: 'http://127.0.0.1:1/jwks' });
    expect(await nowhere.authenticate(await tokenOf())).toMatchObject({ kind: 'unavailable' });
  });

  test('are asked for once while the issuer is away, however many tokens come, and again a second later', async () => {
    status = 503;
    const { authenticate, wait } = authentication({ url: url() });
    const token = await tokenOf();
    for (let n = 0; n < 20; n++) expect(await authenticate(token)).toMatchObject({ kind: 'unavailable' });
    await Promise.all(Array.from({ length: 20 }, () => authenticate(token)));
    expect(requests).toBe(1);
    status = 200;
    wait(SECOND);
    expect(await authenticate(token)).toEqual(accepted);
    expect(requests).toBe(2);
  });

  test('are not asked for again for each made-up key id', async () => {
    const { authenticate } = authentication({ url: url() });
    for (let n = 0; n < 20; n++)
      await authenticate(await tokenOf(claims, { key: another, kid: `made-up-${n}` }));
    expect(await authenticate(await tokenOf())).toEqual(accepted);
    expect(requests).toBe(1);
  });

  test('of an answer that does not end are not read', async () => {
    padding = 300_000;
    expect(await authentication({ url: url() }).authenticate(await tokenOf())).toMatchObject({
      kind: 'unavailable',
      cause: { message: 'the set of keys is larger than 262144 bytes' },
    });
  });
});
