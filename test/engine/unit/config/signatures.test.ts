// What a process needs to sign events, and to check them.
import { readConfig } from '../../../../src/config';
import { InvalidConfigError } from '../../../../src/contracts';
import { signatureNeedsOf } from '../../../../src/runtime/roles';

const PRODUCTION = {
  NODE_ENV: 'production',
  NATS_URL: 'nats://n:4222',
  TEMPORAL_ADDRESS: 't:7233',
  TEMPORAL_TLS: 'true',
  DATABASE_URL: 'postgresql://sagaline@db/sagaline?sslmode=verify-full',
};
const KEYS = { EVENT_SIGNING_KEYS_FILE: 'keys.json' };
const KEY = { EVENT_SIGNING_KEY_FILE: 'key.json' };
const AUDIENCE = { EVENT_SIGNATURE_AUDIENCE: 'shop' };

function readFor(role: string, given: Record<string, string>) {
  return readConfig(given, { providers: [], signatures: signatureNeedsOf(role) }).eventSignatures;
}
function problemsFor(role: string, given: Record<string, string>): string[] {
  try {
    readFor(role, given);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems.map((text) => text.split(' ')[0] ?? '');
    throw error;
  }
}

test('signatures are off on a laptop, and required in production', () => {
  expect(readFor('bridge', {}).mode).toBe('off');
  expect(readFor('bridge', { ...PRODUCTION, ...KEYS, ...AUDIENCE }).mode).toBe('require');
  expect(readFor('bridge', { ...PRODUCTION, EVENT_SIGNATURES: 'off' }).mode).toBe('off');
  expect(readFor('worker:orders', PRODUCTION).mode).toBe('off');
});

test.each([
  ['gateway', ['EVENT_SIGNING_KEYS_FILE', 'EVENT_SIGNING_KEY_FILE', 'EVENT_SIGNATURE_AUDIENCE']],
  ['bridge', ['EVENT_SIGNING_KEYS_FILE', 'EVENT_SIGNATURE_AUDIENCE']],
  ['subscriber', ['EVENT_SIGNING_KEYS_FILE', 'EVENT_SIGNATURE_AUDIENCE']],
  ['relay', ['EVENT_SIGNING_KEY_FILE', 'EVENT_SIGNATURE_AUDIENCE']],
  ['worker:orders', []],
])('production: the %s does not start without %j', (role, missing) => {
  expect(problemsFor(role, PRODUCTION)).toEqual(missing);
  expect(problemsFor(role, { ...PRODUCTION, ...KEYS, ...KEY, ...AUDIENCE })).toEqual([]);
});

test('reports need public keys only; a signer needs the name of the deployment', () => {
  const report = { EVENT_SIGNATURES: 'report' };
  expect(problemsFor('gateway', { ...report, ...KEYS, ...AUDIENCE })).toEqual([]);
  expect(problemsFor('gateway', { ...report, ...KEYS, ...KEY })).toEqual(['EVENT_SIGNATURE_AUDIENCE']);
  expect(problemsFor('gateway', { ...KEYS, ...KEY })).toEqual([]);
});
