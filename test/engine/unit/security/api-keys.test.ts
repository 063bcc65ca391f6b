// Who has which key: the file of hashes, as it is written and as it changes.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidConfigError } from '../../../../src/contracts';
import type { ApiKey } from '../../../../src/security/tokens';
import { createAuthentication, forbiddenEvent, newApiKey } from '../../../../src/security/tokens';
import { rememberingLog } from '../../../support/log';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-api-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shop = newApiKey({
  id: 'shop-1',
  principal: 'web-shop',
  scopes: ['events:publish'],
  sources: ['/shop'],
});
const clerk = newApiKey({ id: 'clerk', principal: 'clerk', scopes: ['read', 'operate'] });
let files = 0;

function authenticationBy(entries: unknown, text = JSON.stringify(entries)) {
  const apiKeysFile = path.join(folder, `${++files}.json`);
  writeFileSync(apiKeysFile, text);
  let now = NOW;
  const log = rememberingLog();
  const authenticate = createAuthentication({ apiKeysFile }, { now: () => now, log });
  return { apiKeysFile, authenticate, log, wait: (ms: number) => void (now += ms) };
}

test('a key is random, and only its hash is in the entry', () => {
  const { key, entry } = shop;
  expect(key).toMatch(/^sagaline_[\w-]{43}$/);
  expect(newApiKey({ ...entry }).key).not.toBe(key);
  expect(entry.hash).toBe(createHash('sha256').update(key).digest('hex'));
  expect(JSON.stringify(entry)).not.toContain(key.slice('sagaline_'.length));
});

test('each key is its principal’s, with what that one may do', async () => {
  const { authenticate } = authenticationBy([shop.entry, clerk.entry]);
  expect(await authenticate(shop.key)).toEqual({
    kind: 'authenticated',
    principal: { name: 'web-shop', scopes: ['events:publish'], sources: ['/shop'], types: undefined },
  });
  expect(await authenticate(clerk.key)).toMatchObject({ principal: { name: 'clerk' } });
});

test.each([
  ['another key', newApiKey(shop.entry).key],
  ['its hash', shop.entry.hash],
  ['its beginning', shop.key.slice(0, -1)],
  ['its id', 'shop-1'],
  ['what looks like a JWT', 'a.b.c'],
])('%s is no key', async (_, token) => {
  const { authenticate } = authenticationBy([shop.entry]);
  expect(await authenticate(token)).toEqual({ kind: 'refused', reason: 'unknown-key' });
});

test('a key is refused from the moment on at which it expires', async () => {
  const expires = new Date(NOW + 5_000).toISOString();
  const { authenticate, wait } = authenticationBy([{ ...shop.entry, expires }]);
  wait(4_999);
  expect(await authenticate(shop.key)).toMatchObject({ kind: 'authenticated' });
  wait(1);
  expect(await authenticate(shop.key)).toEqual({ kind: 'refused', reason: 'expired', principal: 'web-shop' });
});

describe('a file that changes', () => {
  test('applies within a second: a new key is known, a removed one is not', async () => {
    const { apiKeysFile, authenticate, wait } = authenticationBy([shop.entry]);
    writeFileSync(apiKeysFile, JSON.stringify([clerk.entry]));
    wait(1_000);
    expect(await authenticate(clerk.key)).toMatchObject({ kind: 'authenticated' });
    expect(await authenticate(shop.key)).toMatchObject({ kind: 'refused' });
  });

  test('and cannot be read leaves the keys as they were, with an error in the log, until it is mended', async () => {
    const { apiKeysFile, authenticate, log, wait } = authenticationBy([shop.entry]);
    writeFileSync(apiKeysFile, '[');
    wait(1_000);
    expect(await authenticate(shop.key)).toMatchObject({ kind: 'authenticated' });
    expect(log.lines.map(({ level }) => level)).toEqual(['error']);
    writeFileSync(apiKeysFile, '[]');
    wait(1_000);
    expect(await authenticate(shop.key)).toMatchObject({ kind: 'refused' });
  });
});

test.each<[string, unknown]>([
  ['an unknown scope', [{ ...shop.entry, scopes: ['everything'] }]],
  ['no scope', [{ ...shop.entry, scopes: [] }]],
  ['a key instead of its hash', [{ ...shop.entry, hash: shop.key }]],
  ['one id twice', [shop.entry, { ...clerk.entry, id: shop.entry.id }]],
  ['a field that has no meaning', [{ ...shop.entry, source: '/shop' }]],
  ['a time that is none', [{ ...shop.entry, expires: 'soon' }]],
  ['no list', shop.entry],
])('a file with %s is refused at the start, without quoting it', (_, entries) => {
  const open = () => authenticationBy(entries);
  expect(open).toThrow(InvalidConfigError);
  expect(open).toThrow(/API_KEYS_FILE: .* cannot be used: ./);
  expect(open).not.toThrow(shop.key);
});

test('a file that is not there, or no JSON, is refused at the start', () => {
  const missing = { apiKeysFile: path.join(folder, 'nowhere') };
  expect(() => createAuthentication(missing, { now: () => NOW, log: rememberingLog() })).toThrow(/ENOENT/);
  expect(() => authenticationBy(undefined, `[${shop.key}`)).toThrow(/it is not JSON$/);
});

test.each<[Partial<ApiKey>, string, string, string | undefined]>([
  [{}, '/any', 'any.type.v1', undefined],
  [{ sources: ['/shop'] }, '/shop', 'orders.submitted.v1', undefined],
  [{ sources: ['/shop'] }, '/shop/2', 'orders.submitted.v1', 'forbidden-source'],
  [{ sources: ['/shop/*'] }, '/shop/2', 'orders.submitted.v1', undefined],
  [{ sources: ['/shop/*'] }, '/shopping', 'orders.submitted.v1', 'forbidden-source'],
  [{ types: ['orders.*'] }, '/shop', 'orders.submitted.v1', undefined],
  [{ types: ['orders.*'] }, '/shop', 'payments.authorized.v1', 'forbidden-type'],
  [{ sources: ['/shop/*'] }, '/shop/../other', 'orders.submitted.v1', 'forbidden-source'],
  [{ sources: ['/shop/*', '*'] }, '/shop/%2e%2E/other', 'orders.submitted.v1', 'forbidden-source'],
  [{ sources: ['/shop/*'] }, '/shop/%252e%252e%2Fother', 'orders.submitted.v1', 'forbidden-source'],
  [{ sources: ['/shop/../other'] }, '/shop/../other', 'orders.submitted.v1', undefined],
  [{ sources: ['/shop'], types: ['a'] }, '/other', 'b', 'forbidden-source'],
])('%j, source %s, type %s: %s', (limits, source, type, expected) => {
  const principal = { name: 'x', scopes: [], ...limits };
  expect(forbiddenEvent({ ...principal, scopes: ['events:publish'] }, { source, type })).toBe(expected);
});
