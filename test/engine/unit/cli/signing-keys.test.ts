// The folder that `sagaline keys signing` makes: each role's settings work, and each key signs for its sources only.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from '../../../../src/config';
import { signaturesOf } from '../../../../src/runtime/signatures';
import { signatureNeedsOf } from '../../../../src/runtime/roles';
import { newEvent, encodeEvent } from '../../../../src/contracts';
import { testCli } from '../../../support/cli';
import { silentLog } from '../../../support/log';
import { pinged } from '../../../support/ping/domain';

const cli = testCli({});
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'sagaline-signing-'))));
afterEach(() => rm(folder, { recursive: true }));

async function signing(...args: string[]) {
  const result = await cli('keys', 'signing', ...args, '-o', 'json');
  if (result.code !== 0) throw new Error(result.error);
  return result.json();
}
const read = (...name: string[]) => readFileSync(path.join(folder, ...name), 'utf8');

/** The signatures of a role's process, by the settings in its folder. */
function signaturesFor(role: string) {
  const settings = parseEnv(read(role, 'signing.env')) as Record<string, string>;
  const config = readConfig(settings, { providers: [], signatures: signatureNeedsOf(role) });
  return signaturesOf(config, { count: () => undefined, log: silentLog });
}

/** What the bridge says of an event of this source that a role has signed. */
async function judged(role: string, source: string) {
  const { sign } = signaturesFor(role);
  const { checkSignature } = signaturesFor('bridge');
  const { body } = encodeEvent(newEvent(pinged, { id: '1', data: pinged.example }), { source });
  const signature = checkSignature?.({
    headers: { 'x-jws-signature': [(await sign?.(body)) ?? ''] },
    body,
  });
  if (signature?.ok !== true) return signature?.rejection.reason;
  return signature.sourceProblem(source)?.reason ?? 'ok';
}

test('each role signs for its sources, and for no others', async () => {
  await signing('init', folder, '--audience', 'shop');
  const sources = ['/web-shop', '/providers/carrier', '/gateway/orders', '/sagaline/orders'];
  const matrix = await Promise.all(
    ['gateway', 'relay', 'operator'].map(async (role) => [
      role,
      ...(await Promise.all(sources.map((source) => judged(role, source)))),
    ]),
  );
  expect(matrix).toEqual([
    ['gateway', 'ok', 'ok', 'ok', 'forbidden-signer'],
    ['relay', 'forbidden-signer', 'forbidden-signer', 'forbidden-signer', 'ok'],
    ['operator', 'ok', 'ok', 'ok', 'ok'],
  ]);
  for (const role of ['bridge', 'subscriber']) expect(signaturesFor(role).sign).toBeUndefined();
  expect(signaturesFor('relay').checkSignature).toBeUndefined();
});

test('private keys are for their owner only, and no public file has one', async () => {
  await signing('init', folder, '--audience', 'shop');
  await signing('create', folder, 'web-shop', '--source', '/web-shop');
  for (const name of ['gateway', 'relay', 'operator', 'publishers/web-shop']) {
    const file = path.join(folder, name, 'signing-key.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kty: 'OKP', d: expect.any(String) });
  }
  expect(read('signing-keys.json')).not.toContain('"d"');
  expect(read('bridge', 'signing-keys.json')).toBe(read('signing-keys.json'));
});

test('a rotation leaves the former key valid for a while, and hands out the public key first', async () => {
  await signing('init', folder, '--audience', 'shop');
  const before = await signaturesFor('gateway').sign?.(new Uint8Array());
  expect(await signing('rotate', folder, 'gateway', '--overlap-days', '1')).toMatchObject({
    kid: 'gateway-2',
  });
  expect(await signaturesFor('gateway').sign?.(new Uint8Array())).not.toBe(before);
  expect(await judged('gateway', '/web-shop')).toBe('ok');
  const [former, , , next] = (
    (await signing('list', folder)) as { keys: { kid: string; expires?: string }[] }
  ).keys;
  expect([former?.kid, next?.kid]).toEqual(['gateway-1', 'gateway-2']);
  const remaining = Date.parse(former?.expires ?? '') - Date.now();
  expect(remaining).toBeGreaterThan(23 * 60 * 60_000);
  expect(remaining).toBeLessThan(24 * 60 * 60_000);
  const { checkSignature } = signaturesFor('bridge');
  const headers = { 'x-jws-signature': [before ?? ''] };
  expect(checkSignature?.({ headers, body: new Uint8Array() })).toMatchObject({ ok: true });
  await signing('revoke', folder, 'gateway-1');
  expect(signaturesFor('bridge').checkSignature?.({ headers, body: new Uint8Array() })).toMatchObject({
    rejection: { detail: expect.stringContaining('revoked') },
  });
});

test('mistakes are refused and change nothing', async () => {
  await expect(signing('list', folder)).rejects.toThrow('signing init');
  await signing('init', folder, '--audience', 'shop');
  const before = read('signing-keys.json');
  await expect(signing('init', folder, '--audience', 'shop')).rejects.toThrow('has signing keys already');
  await signing('create', folder, 'a', '--source', '/a');
  const after = read('signing-keys.json');
  await expect(signing('create', folder, 'a', '--source', '/a')).rejects.toThrow('key-exists');
  await expect(signing('create', folder, '../b', '--source', '/a')).rejects.toThrow('80');
  await expect(signing('create', folder, 'b', '--source', '/a', '--expires', 'soon')).rejects.toThrow(
    'a time',
  );
  await expect(signing('rotate', folder, 'nobody')).rejects.toThrow('known is gateway, relay, operator, a');
  await expect(signing('revoke', folder, 'gateway')).rejects.toThrow('known is gateway-1');
  expect(read('signing-keys.json')).toBe(after);
  expect(after).not.toBe(before);
  writeFileSync(path.join(folder, 'signing-keys.json'), '{');
  await expect(signing('create', folder, 'b', '--source', '/a')).rejects.toThrow('cannot be read');
  await expect(signing('init', folder, '--audience', 'shop')).rejects.toThrow('has signing keys already');
});
