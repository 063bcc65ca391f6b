import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Authentication } from './authentication';
import type { Principal } from './principal';
import { SCOPES } from './principal';

const KEY_BYTES = 32;
/** Scanners for leaked secrets find a key by its beginning. */
const PREFIX = 'sagaline_';

const names = z.array(z.string().min(1)).min(1);
const entry = z.strictObject({
  id: z.string().min(1).max(100),
  /** SHA-256 of the key, in hexadecimal. A key is random, so that a slow hash would protect nothing. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case'),
  principal: z.string().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1),
  sources: names.optional(),
  types: names.optional(),
  /** After this time the key is refused. */
  expires: z.iso.datetime({ offset: true }).optional(),
});
const file = z.array(entry).superRefine((entries, context) => {
  const ids = entries.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) context.addIssue(`the id ${twice} is there twice`);
});

/** An entry of `API_KEYS_FILE`. */
export type ApiKey = z.infer<typeof entry>;

/** Whether a token has the form of an API key. */
export const isApiKey = (token: string): boolean => token.startsWith(PREFIX);

/** Makes a random key, and its entry for `API_KEYS_FILE`. The key is in no file: only its hash is. */
export function newApiKey(about: Omit<ApiKey, 'hash'>): { readonly key: string; readonly entry: ApiKey } {
  const key = `${PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, entry: { ...about, hash: hashOf(key).toString('hex') } };
}

/**
 * Reads the content of `API_KEYS_FILE`.
 *
 * @throws Error that says which entry is wrong, without its content
 */
export function parseApiKeys(text: string): readonly ApiKey[] {
  const { data, error } = file.safeParse(jsonIn(text));
  if (data) return data;
  const [{ path, message } = { path: [], message: '' }] = error.issues;
  throw new Error(`${path.length === 0 ? 'the list' : path.join('.')}: ${message}`);
}

/** Finds the entry of a key. The time that it takes does not depend on how much of a hash is right. */
export function authenticateByKey(keys: readonly ApiKey[], token: string, now: number): Authentication {
  const hash = hashOf(token);
  let found: ApiKey | undefined;
  for (const each of keys) if (timingSafeEqual(Buffer.from(each.hash, 'hex'), hash)) found = each;
  if (!found) return { kind: 'refused', reason: 'unknown-key' };
  if (found.expires !== undefined && Date.parse(found.expires) <= now)
    return { kind: 'refused', reason: 'expired', principal: found.principal };
  return { kind: 'authenticated', principal: principalOf(found) };
}

function principalOf({ principal: name, scopes, sources, types }: ApiKey): Principal {
  return { name, scopes, sources, types };
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Errors of `JSON.parse` quote the text, which is the operator's secret. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}
