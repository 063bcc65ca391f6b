import { verify as verifyBytes } from 'node:crypto';
import type { SignedMessage } from '../../contracts';
import {
  BATCH_CONTENT_TYPE,
  BINARY_HEADER_PREFIX,
  lowerCased,
  mediaTypeOf,
  SIGNATURE_HEADER,
  STRUCTURED_CONTENT_TYPE,
} from '../../contracts';
import type { ContentType, ProtectedHeader } from './format';
import { partsOf, protectedHeader } from './format';
import type { PublicKey, PublicKeys } from './public-keys';

/** How far the clock of a signer may be ahead of the stream's: what webhooks allow. It only delays the end of an event's age. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Why a signature does not count. */
export type SignatureFault =
  | 'missing'
  | 'several'
  | 'too-large'
  | 'malformed'
  | 'unsupported'
  | 'not-verified'
  | 'other-audience'
  | 'other-content-type'
  | 'signed-in-the-future'
  | 'signed-too-long-ago'
  | 'key-not-yet-valid'
  | 'key-expired'
  | 'key-revoked';

export type Verification =
  | { readonly ok: true; readonly key: PublicKey }
  | { readonly ok: false; readonly fault: SignatureFault; readonly kid?: string | undefined };

export interface VerifyOptions {
  /** The keys as they are now. */
  readonly keys: () => PublicKeys;
  readonly audience: string;
  /**
   * How long after it was signed an event may be stored. Later, nothing may be left that recognises a repeat of it.
   */
  readonly maxAgeMs: number;
  readonly now: () => number;
}

/**
 * Makes the function that verifies the signature of a message. It parses nothing of the body. What it tells of a key,
 * such as that it has expired, it tells only to those who have signed with it.
 */
export function createVerifier(options: VerifyOptions): (message: SignedMessage) => Verification {
  const { keys, audience, maxAgeMs, now } = options;
  return ({ headers, body, storedAt }) => {
    const [text, ...more] = signaturesIn(headers);
    if (text === undefined) return { ok: false, fault: 'missing' };
    if (more.length > 0) return { ok: false, fault: 'several' };
    const parts = partsOf(text);
    if (typeof parts === 'string') return { ok: false, fault: parts };
    const header = headerIn(parts.protected);
    if (!header) return { ok: false, fault: 'unsupported' };
    const { kid } = header;
    const key = keys().get(kid);
    if (!key || !isSignedBy(key, parts, body)) return { ok: false, fault: 'not-verified', kid };
    const fault =
      placeFault(header, headers, audience) ??
      timeFault(header, key, { at: storedAt?.getTime() ?? now(), maxAgeMs });
    return fault ? { ok: false, fault, kid } : { ok: true, key };
  };
}

/** All values of the header, however it is written: NATS keeps the letter case of names. */
function signaturesIn(headers: SignedMessage['headers']): string[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    name.toLowerCase() === SIGNATURE_HEADER ? [...values] : [],
  );
}

function headerIn(encoded: string): ProtectedHeader | undefined {
  try {
    return protectedHeader.safeParse(JSON.parse(Buffer.from(encoded, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

/**
 * The signing input of a JWS whose payload is not encoded (RFC 7797, section 3). `jose` verifies with Web Crypto, which
 * costs the thread that asks several times as much for each event: the key, the algorithm and the header are checked already.
 */
function isSignedBy(
  { key }: PublicKey,
  { protected: header, signature }: { readonly protected: string; readonly signature: string },
  body: Uint8Array,
): boolean {
  const input = Buffer.concat([Buffer.from(`${header}.`), body]);
  return verifyBytes(null, input, key, Buffer.from(signature, 'base64url'));
}

/** Whether the signature was made for this deployment, and for a body that is read in this way. */
function placeFault(
  { aud, cty }: ProtectedHeader,
  headers: SignedMessage['headers'],
  audience: string,
): SignatureFault | undefined {
  if (aud !== audience) return 'other-audience';
  return cty === contentTypeOf(headers) ? undefined : 'other-content-type';
}

/** In binary mode the attributes are headers, which no signature covers. */
function contentTypeOf(headers: SignedMessage['headers']): ContentType | undefined {
  const lower = lowerCased(headers);
  switch (mediaTypeOf(lower)) {
    case BATCH_CONTENT_TYPE:
      return 'cloudevents-batch+json';
    case STRUCTURED_CONTENT_TYPE:
      return 'cloudevents+json';
    case undefined:
      return `${BINARY_HEADER_PREFIX}specversion` in lower ? undefined : 'cloudevents+json';
    default:
      return undefined;
  }
}

function timeFault(
  { iat }: ProtectedHeader,
  { notBefore, expires, revoked }: PublicKey,
  { at, maxAgeMs }: { readonly at: number; readonly maxAgeMs: number },
): SignatureFault | undefined {
  if (revoked === true) return 'key-revoked';
  if (notBefore !== undefined && at < Date.parse(notBefore)) return 'key-not-yet-valid';
  if (expires !== undefined && at >= Date.parse(expires)) return 'key-expired';
  if (iat * 1_000 > at + CLOCK_TOLERANCE_MS) return 'signed-in-the-future';
  return at - iat * 1_000 > maxAgeMs ? 'signed-too-long-ago' : undefined;
}
