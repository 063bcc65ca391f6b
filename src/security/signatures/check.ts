import type { CheckedSignature, CheckSignature, Log, Rejection } from '../../contracts';
import { MAX_EVENT_BYTES } from '../../contracts';
import { maySignFor } from './public-keys';
import type { PublicKey } from './public-keys';
import type { SignatureFault, VerifyOptions } from './verify';
import { createVerifier } from './verify';

/** What is counted of each event: its fault, that the signer may not speak for its source, or that it is valid. */
export type SignatureOutcome = SignatureFault | 'other-source' | 'valid';

export interface CheckOptions extends VerifyOptions {
  /** `report` counts and logs faults, and refuses nothing. */
  readonly mode: 'report' | 'require';
  readonly count: (outcome: SignatureOutcome) => void;
  readonly log: Log;
}

/** For those who have made the mistake. None tells a stranger more than he has sent himself. */
const DETAILS: Readonly<Record<SignatureFault, string>> = {
  missing: 'it has no signature, and here every event needs one',
  several: 'it has several signatures; send one',
  'too-large': 'the signature is too long',
  malformed: 'the signature is not a detached JWS: <protected header>..<signature>, in base64url',
  unsupported: 'the protected header of the signature is not one that is taken here',
  'not-verified': 'the signature is not one of this body and of a key that is known here',
  'other-audience': 'the signature is for another deployment',
  'other-content-type': 'the signature is for a body of another content type; sign the structured mode',
  'signed-in-the-future': 'it was signed in the future; check the clock',
  'signed-too-long-ago': 'it was signed too long ago; sign it again',
  'key-not-yet-valid': 'the key is not valid yet',
  'key-expired': 'the key has expired',
  'key-revoked': 'the key is revoked',
};
/** After that many lines the memory of them begins anew: a long-lived process must not keep every key id. */
const REMEMBERED = 10_000;

/** Makes the check of an event's signature, before it is parsed, and of its signer's right to its source. */
export function createSignatureCheck({ mode, count, log, ...options }: CheckOptions): CheckSignature {
  const verify = createVerifier(options);
  const tell = once(log);

  function judged(outcome: SignatureOutcome, kid: string | undefined): boolean {
    count(outcome);
    tell(outcome, kid);
    return mode === 'require';
  }

  return (message): CheckedSignature => {
    // It is refused for its size; a hash of it would only cost.
    if (message.body.byteLength > MAX_EVENT_BYTES) return PASSED;
    const verification = verify(message);
    if (verification.ok) {
      const { key } = verification;
      return { ok: true, keyId: key.kid, sourceProblem: (source) => problemOf(key, source) };
    }
    const { fault, kid } = verification;
    return judged(fault, kid) ? { ok: false, rejection: rejectionOf(fault, kid) } : PASSED;
  };

  function problemOf(key: PublicKey, source: string): Rejection | undefined {
    if (maySignFor(key, source)) {
      count('valid');
      return undefined;
    }
    return judged('other-source', key.kid) ? foreign(key.kid) : undefined;
  }
}

const PASSED: CheckedSignature = { ok: true, sourceProblem: () => undefined };

function rejectionOf(fault: SignatureFault, kid: string | undefined): Rejection {
  const detail = kid === undefined ? DETAILS[fault] : `${DETAILS[fault]} (key id "${kid}")`;
  return { reason: 'invalid-signature', detail };
}

function foreign(kid: string): Rejection {
  const detail = `the key "${kid}" may not sign events of this source`;
  return { reason: 'forbidden-signer', detail, path: 'source' };
}

/**
 * Logs each fault once for each key; the metric has the number. A key id that has not signed is anybody's text, so that
 * it does not make a line of its own.
 */
function once(log: Log): (outcome: SignatureOutcome, kid: string | undefined) => void {
  const told = new Set<string>();
  return (outcome, kid) => {
    const line = outcome === 'not-verified' ? outcome : `${outcome} ${kid ?? ''}`;
    if (told.has(line)) return;
    if (told.size >= REMEMBERED) told.clear();
    told.add(line);
    log.warn(
      { fault: outcome, kid },
      'the signature of an event does not count; further ones of this kind are only counted',
    );
  };
}
