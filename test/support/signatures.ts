import type { PublicKeyEntry } from '../../src/security/signatures';
import { newSigningKey } from '../../src/security/signatures';
import type { SignatureOutcome } from '../../src/security/signatures/check';
import { createSignatureCheck } from '../../src/security/signatures/check';
import { parsePublicKeys } from '../../src/security/signatures/public-keys';
import { createSigner } from '../../src/security/signatures/sign';
import { parseSigningKey } from '../../src/security/signatures/signing-key';
import { rememberingLog } from './log';

/** The deployment that the tests' events are for. */
export const AUDIENCE = 'sagaline-test';
export const DAY_MS = 24 * 60 * 60_000;

/** A new key, what signs with it, and its entry for the verifiers. */
export function testKey(
  kid: string,
  sources: readonly string[] = ['*'],
  { audience = AUDIENCE, now = Date.now }: { audience?: string; now?: () => number } = {},
) {
  const { privateKey, entry } = newSigningKey({ kid, sources: [...sources] });
  const key = parseSigningKey(JSON.stringify(privateKey));
  return { kid, entry, privateKey, key, sign: createSigner({ key: () => key, audience, now }) };
}

/** A check by these keys, with what it has counted and logged. */
export function testCheck(
  entries: readonly PublicKeyEntry[],
  { mode = 'require', now = Date.now }: { mode?: 'report' | 'require'; now?: () => number } = {},
) {
  const counted: SignatureOutcome[] = [];
  const log = rememberingLog();
  let keys = parsePublicKeys(JSON.stringify({ keys: entries }));
  const check = createSignatureCheck({
    ...{ mode, keys: () => keys, audience: AUDIENCE, maxAgeMs: 100 * DAY_MS, now, log },
    count: (outcome) => void counted.push(outcome),
  });
  const replaceKeys = (changed: readonly PublicKeyEntry[]) =>
    void (keys = parsePublicKeys(JSON.stringify({ keys: changed })));
  return { check, counted, log, replaceKeys };
}
