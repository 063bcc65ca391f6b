import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { InvalidConfigError } from '../../contracts';

/** AES-256. */
const KEY_BYTES = 32;
/** Enough that nobody guesses one; each payload carries a voucher of each other key. */
const VOUCHER_BYTES = 16;
const ID = /^[\w.-]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export interface PayloadKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The keys of a deployment's payloads. */
export interface KeyRing {
  /** Encrypts; all keys decrypt. */
  readonly first: PayloadKey;
  readonly ids: readonly string[];
  /** What each other key says of the first one: see {@link KeyRing.vouchesFor}. Empty with a single key. */
  readonly vouchers: string;
  find(id: string): PayloadKey | undefined;
  /**
   * Whether a key of this ring vouches for a key id that the ring does not have. If it does, the sender had one of our
   * keys, and this ring lacks a new key. An id without a voucher was made up.
   */
  vouchesFor(id: string, vouchers: string): boolean;
}

/**
 * Reads a key ring: one key a line, `<id>:<32 bytes in base64>`, the encrypting key first. Empty lines and lines that
 * begin with `#` are ignored.
 *
 * @param setting names the source in errors, which never contain a key
 * @throws InvalidConfigError
 *
 * @example
 * parseKeyRing('2026-11:cGxlYXNlIHVzZSBvcGVuc3NsIHJhbmQgLWJhc2U2NDM=');
 */
export function parseKeyRing(text: string, setting = 'PAYLOAD_KEYS_FILE'): KeyRing {
  const problems: string[] = [];
  const keys = new Map<string, PayloadKey>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const given = line.trim();
    if (given === '' || given.startsWith('#')) continue;
    const at = given.indexOf(':');
    const id = given.slice(0, Math.max(at, 0));
    const bytes = bytesOf(given.slice(at + 1));
    const problem = problemOf(id, bytes, keys);
    if (problem !== undefined) problems.push(`${setting}: line ${index + 1}: ${problem}`);
    else if (bytes) keys.set(id, { id, bytes });
  }
  const [first] = keys.values();
  if (!first && problems.length === 0) problems.push(`${setting}: there is no key in it; ${HOW}`);
  if (!first || problems.length > 0) throw new InvalidConfigError(problems);
  return ringOf(first, keys);
}

const HOW = 'write one a line, "<id>:<key>", with a key of "openssl rand -base64 32"';

function bytesOf(text: string): Buffer | undefined {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function problemOf(
  id: string,
  bytes: Buffer | undefined,
  keys: ReadonlyMap<string, PayloadKey>,
): string | undefined {
  if (!ID.test(id)) return `the id must be 1 to 64 letters, digits, "_", "." and "-"; ${HOW}`;
  if (bytes?.length !== KEY_BYTES)
    return `the key "${id}" must be ${KEY_BYTES} bytes in base64, not ${bytes?.length ?? 'something else'}; ${HOW}`;
  if (keys.has(id)) return `the id "${id}" occurs twice`;
  const twin = [...keys.values()].find((other) => other.bytes.equals(bytes));
  return twin && `the key "${id}" is the same as "${twin.id}"`;
}

function ringOf(first: PayloadKey, keys: ReadonlyMap<string, PayloadKey>): KeyRing {
  const vouchers = [...keys.values()]
    .filter((key) => key !== first)
    .map((key) => `${key.id}:${voucherOf(key, first.id).toString('base64url')}`)
    .join(',');
  return {
    first,
    ids: [...keys.keys()],
    vouchers,
    find: (id) => keys.get(id),
    vouchesFor: (id, given) => {
      // A stranger may send any id, and any number of vouchers: each key is asked once.
      if (!ID.test(id)) return false;
      const vouchers = new Map(given.split(',').map(voucherIn));
      return [...keys.values()].some((key) => {
        const claimed = Buffer.from(vouchers.get(key.id) ?? '', 'base64url');
        return claimed.length === VOUCHER_BYTES && timingSafeEqual(claimed, voucherOf(key, id));
      });
    },
  };
}

function voucherIn(text: string): [keyId: string, voucher: string] {
  const [by = '', voucher = ''] = text.split(':');
  return [by, voucher];
}

/** What only an owner of `key` can say of the key id. */
function voucherOf(key: PayloadKey, id: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key.bytes, '', `sagaline: there is a key ${id}`, VOUCHER_BYTES));
}
