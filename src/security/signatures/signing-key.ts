import type { KeyObject } from 'node:crypto';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { KEY_ID } from './format';
import type { PublicKeyEntry } from './public-keys';
import { BYTES_32, jsonIn } from './public-keys';

const privateJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: BYTES_32,
  d: BYTES_32,
  kid: KEY_ID,
});

/** The private key of a publisher, as its file has it: a JSON Web Key. */
export type PrivateJwk = z.infer<typeof privateJwk>;

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/**
 * Reads the content of `EVENT_SIGNING_KEY_FILE`.
 *
 * @throws Error that says what is wrong, without the content
 */
export function parseSigningKey(text: string): SigningKey {
  const { data, error } = privateJwk.safeParse(jsonIn(text));
  if (!data) {
    const [{ path, message } = { path: [], message: '' }] = error.issues;
    throw new Error(`it must be a private JSON Web Key of Ed25519; ${path.join('.')}: ${message}`);
  }
  const { kid, kty, crv, x, d } = data;
  return { kid, key: createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }) };
}

/** Makes a pair: the private key for the publisher, and the entry for the verifiers. */
export function newSigningKey(about: Pick<PublicKeyEntry, 'kid' | 'sources' | 'expires'>): {
  readonly privateKey: PrivateJwk;
  readonly entry: PublicKeyEntry;
} {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateJwk.parse({ ...privateKey.export({ format: 'jwk' }), kid: about.kid });
  const { kty, crv, x } = jwk;
  return { privateKey: jwk, entry: { kty, crv, x, ...about } };
}
