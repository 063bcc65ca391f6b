import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from '../codec/key-ring';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Thrown for a data key whose master key this process does not have, or that does not decrypt. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
  constructor(readonly masterKey: string) {
    super(`PERSONAL_DATA_KEYS_FILE has no key "${masterKey}" that opens the data key; add the right one`);
  }
}

/** A data key, encrypted with the first master key. */
export interface Wrapped {
  readonly masterKey: string;
  readonly wrapped: Buffer;
}

export function wrapKey(ring: KeyRing, id: string, bytes: Buffer): Wrapped {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, ring.first.bytes, iv).setAAD(Buffer.from(id));
  const wrapped = Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  return { masterKey: ring.first.id, wrapped };
}

/** @throws MasterKeyError */
export function unwrapKey(ring: KeyRing, id: string, { masterKey, wrapped }: Wrapped): Buffer {
  const key = ring.find(masterKey);
  if (!key || wrapped.length < IV_BYTES + TAG_BYTES) throw new MasterKeyError(masterKey);
  const opening = createDecipheriv(CIPHER, key.bytes, wrapped.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  opening.setAAD(Buffer.from(id)).setAuthTag(wrapped.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([opening.update(wrapped.subarray(IV_BYTES, -TAG_BYTES)), opening.final()]);
  } catch {
    throw new MasterKeyError(masterKey);
  }
}
