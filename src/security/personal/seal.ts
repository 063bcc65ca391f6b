import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { sealedParts, sealedText, stableJson, subjectTagText } from '../../contracts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** As long as the hash of an event's content: the bridge makes the tag with the same function. */
const SUBJECT_TAG_LENGTH = 22;

/** The key of a data subject, in clear. */
export interface DataKey {
  readonly id: string;
  readonly subject: string;
  readonly bytes: Buffer;
}

/**
 * Encrypts a value for a data subject. The nonce is made of key and value: the same value of the same subject gives the
 * same text, so that a publisher may repeat an event, and a workflow may compare two addresses that it cannot read.
 */
export function sealValue(key: DataKey, value: unknown): string {
  const clear = Buffer.from(stableJson(value));
  const subjectTag = createHash('sha256')
    .update(subjectTagText(key.id, key.subject))
    .digest('base64url')
    .slice(0, SUBJECT_TAG_LENGTH);
  const nonce = createHmac('sha256', derived(key).nonce).update(clear).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, derived(key).value, nonce);
  cipher.setAAD(authenticated(key.id, subjectTag));
  const box = Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  return sealedText({ keyId: key.id, subjectTag, box: box.toString('base64url') });
}

/** Decrypts a value; `undefined` if it was changed, or is of another key. */
export function openValue(key: DataKey, sealed: string): { readonly value: unknown } | undefined {
  const parts = sealedParts(sealed);
  if (parts?.keyId !== key.id) return undefined;
  const box = Buffer.from(parts.box, 'base64url');
  if (box.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const opening = createDecipheriv(CIPHER, derived(key).value, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  opening.setAAD(authenticated(parts.keyId, parts.subjectTag)).setAuthTag(box.subarray(-TAG_BYTES));
  try {
    const clear = [opening.update(box.subarray(NONCE_BYTES, -TAG_BYTES)), opening.final()];
    return { value: JSON.parse(Buffer.concat(clear).toString('utf8')) as unknown };
  } catch {
    return undefined;
  }
}

interface Derived {
  readonly nonce: Buffer;
  readonly value: Buffer;
}

/** To derive the keys takes longer than all the rest. */
const derivedOf = new WeakMap<DataKey, Derived>();

/** Two keys of one: what makes nonces must not encrypt. */
function derived(key: DataKey): Derived {
  const known = derivedOf.get(key);
  if (known) return known;
  const of = (use: string) =>
    Buffer.from(hkdfSync('sha256', key.bytes, '', `sagaline personal data: ${use}`, KEY_BYTES));
  const made = { nonce: of('nonce'), value: of('value') };
  derivedOf.set(key, made);
  return made;
}

function authenticated(keyId: string, subjectTag: string): Buffer {
  return Buffer.from(`sealed.v1.${keyId}.${subjectTag}`);
}
