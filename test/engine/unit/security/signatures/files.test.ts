// The files of keys: what is wrong in one is told without its content, and a change applies within a second.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidConfigError } from '../../../../../src/contracts';
import { openSignatureCheck, openSigner } from '../../../../../src/security/signatures';
import { rememberingLog } from '../../../../support/log';
import { AUDIENCE, DAY_MS, testKey } from '../../../../support/signatures';

const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-signatures-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const body = new TextEncoder().encode('{}');
const one = testKey('one');
const two = testKey('two');

function fileWith(content: unknown): string {
  const file = path.join(folder, `${++files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function opened(content: unknown) {
  const file = fileWith(content);
  const log = rememberingLog();
  let now = Date.now();
  const surroundings = { audience: AUDIENCE, now: () => now, log };
  return {
    ...{ file, log, surroundings },
    wait: (ms: number) => void (now += ms),
    check: () =>
      openSignatureCheck(file, {
        ...surroundings,
        mode: 'require',
        count: () => undefined,
        maxAgeMs: DAY_MS,
      }),
    signer: () => openSigner(file, surroundings),
  };
}
const message = (jws: string) => ({ headers: { 'x-jws-signature': [jws] }, body });

test('a revoked key, and a new one, apply within a second', async () => {
  const { file, check, wait } = opened({ keys: [one.entry] });
  const checkSignature = check();
  const [ofOne, ofTwo] = await Promise.all([one.sign(body), two.sign(body)]);
  expect(checkSignature(message(ofOne)).ok).toBe(true);
  expect(checkSignature(message(ofTwo)).ok).toBe(false);
  writeFileSync(file, JSON.stringify({ keys: [{ ...one.entry, revoked: true }, two.entry] }));
  wait(1_000);
  expect(checkSignature(message(ofOne)).ok).toBe(false);
  expect(checkSignature(message(ofTwo)).ok).toBe(true);
});

test('a changed file that is wrong leaves the former keys in force', async () => {
  const { file, check, wait, log } = opened({ keys: [one.entry] });
  const checkSignature = check();
  writeFileSync(file, '{"keys":');
  wait(1_000);
  expect(checkSignature(message(await one.sign(body))).ok).toBe(true);
  expect(log.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('former content') }]);
});

test('a signer changes its key', async () => {
  const { file, signer, wait } = opened(one.privateKey);
  const sign = signer();
  const kidOf = (jws: string) =>
    (JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
  expect(kidOf(await sign(body))).toBe('one');
  writeFileSync(file, JSON.stringify(two.privateKey));
  wait(1_000);
  expect(kidOf(await sign(body))).toBe('two');
});

test.each([
  ['no JSON', '{', 'it is not JSON'],
  ['a private key', { keys: [one.privateKey] }, 'EVENT_SIGNING_KEY_FILE'],
  ['a key twice', { keys: [one.entry, one.entry] }, 'the key id one is there twice'],
  ['another curve', { keys: [{ ...one.entry, crv: 'X25519' }] }, 'keys.0.crv'],
  ['a key of another length', { keys: [{ ...one.entry, x: 'AAAA' }] }, 'keys.0.x'],
  ['no sources', { keys: [{ ...one.entry, sources: [] }] }, 'keys.0.sources'],
  ['a word that is not known', { keys: [{ ...one.entry, expire: '2027-01-01T00:00:00Z' }] }, 'keys.0'],
  ['a time that is none', { keys: [{ ...one.entry, expires: 'soon' }] }, 'keys.0.expires'],
  ['a list', [one.entry], 'the file'],
])('public keys: %s', (_, content, expected) => {
  const { check } = opened(content);
  expect(check).toThrow(InvalidConfigError);
  expect(check).toThrow(expected);
  expect(check).not.toThrow(one.privateKey.d);
});

test.each([
  ['no JSON', `{"d":"${one.privateKey.d}"`, 'it is not JSON'],
  ['a public key', one.entry, '; d: '],
  ['no key id', { ...one.privateKey, kid: undefined }, '; kid: '],
  ['another curve', { ...one.privateKey, crv: 'P-256' }, '; crv: '],
])('a private key: %s', (_, content, expected) => {
  const { signer } = opened(content);
  expect(signer).toThrow(InvalidConfigError);
  expect(signer).toThrow(expected);
  expect(signer).not.toThrow(one.privateKey.d);
});
