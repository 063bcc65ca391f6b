import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { hasDotSegments, isReserved, isSourceOf } from '../../contracts';
import { KEY_ID } from './format';

const time = z.iso.datetime({ offset: true });
/** 32 bytes in base64url. */
export const BYTES_32 = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, 'must be 32 bytes in base64url');

const entry = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: BYTES_32,
  kid: KEY_ID,
  use: z.literal('sig').optional(),
  alg: z.enum(['EdDSA', 'Ed25519']).optional(),
  /** The sources that the key may sign for: `/web-shop`, `/web-shop/*`, or `*` for all that are not reserved. */
  sources: z.array(z.string().min(1)).min(1),
  /** The key signs from this time on, and until that one. The time is the one at which an event was stored. */
  notBefore: time.optional(),
  expires: time.optional(),
  /** The key is refused at once, for events that are stored already, too. */
  revoked: z.boolean().optional(),
});

/** An entry of `EVENT_SIGNING_KEYS_FILE`: a JSON Web Key, and what it may sign. */
export type PublicKeyEntry = z.infer<typeof entry>;

export interface PublicKey extends PublicKeyEntry {
  readonly key: KeyObject;
}

/** The keys of one file, by key id. */
export type PublicKeys = ReadonlyMap<string, PublicKey>;

const file = z.strictObject({
  keys: z.array(entry).superRefine((keys, context) => {
    const ids = keys.map(({ kid }) => kid);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) context.addIssue(`the key id ${twice} is there twice`);
  }),
});

/**
 * Reads the entries of `EVENT_SIGNING_KEYS_FILE`.
 *
 * @throws Error that says which entry is wrong, without its content
 */
export function parseEntries(text: string): readonly PublicKeyEntry[] {
  const json = jsonIn(text);
  if (hasPrivateKey(json)) {
    throw new Error(
      'it has a private key, "d"; the private key belongs in the file of EVENT_SIGNING_KEY_FILE',
    );
  }
  const { data, error } = file.safeParse(json);
  if (data) return data.keys;
  const [{ path, message } = { path: [], message: '' }] = error.issues;
  throw new Error(`${path.length === 0 ? 'the file' : path.join('.')}: ${message}`);
}

/** @throws Error as {@link parseEntries} does */
export function parsePublicKeys(text: string): PublicKeys {
  return new Map(
    parseEntries(text).map((each) => {
      const { kty, crv, x } = each;
      return [each.kid, { ...each, key: createPublicKey({ key: { kty, crv, x }, format: 'jwk' }) }] as const;
    }),
  );
}

/** Whether a key may sign for a source. */
export function maySignFor({ sources }: Pick<PublicKeyEntry, 'sources'>, source: string): boolean {
  return sources.some((pattern) =>
    pattern === '*' ? !isReserved(source) && !hasDotSegments(source) : isSourceOf(source, pattern),
  );
}

function hasPrivateKey(json: unknown): boolean {
  const { keys } = (json ?? {}) as { readonly keys?: unknown };
  return Array.isArray(keys) && keys.some((key) => typeof key === 'object' && key !== null && 'd' in key);
}

/** Errors of `JSON.parse` quote the text. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}
