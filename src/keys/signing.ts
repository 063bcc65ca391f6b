import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PublicKeyEntry } from '../security/signatures';
import { newSigningKey, parseEntries } from '../security/signatures';
import type { KeysFolder } from './folder';
import { KeysFolderError, settingsFile } from './folder';

const PUBLIC_KEYS = 'signing-keys.json';
const PRIVATE_KEY = 'signing-key.json';

/** Our own signers, and the sources that each may sign for. The relay signs for our steps only, and the gateway for all others. */
const SIGNERS = {
  gateway: ['*', '/providers/*', '/gateway/*'],
  relay: ['/sagaline/*'],
  operator: ['*', '/providers/*', '/gateway/*', '/sagaline/*'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Signer = keyof typeof SIGNERS;
const VERIFIERS: readonly string[] = ['gateway', 'bridge', 'subscriber', 'operator'];
const ROLES = [...new Set([...Object.keys(SIGNERS), ...VERIFIERS])];

/** A key id is a name and a number, which a rotation raises. */
const NUMBERED = /^(.+)-(\d+)$/;

type SigningKeysFolder = Pick<KeysFolder, 'root' | 'write'>;

/** Makes the keys of gateway, relay and operator, and the settings of each role. */
export async function initSigningKeys(folder: SigningKeysFolder, audience: string): Promise<void> {
  if (existsSync(path.join(folder.root, PUBLIC_KEYS))) {
    const remedy = '"sagaline keys signing rotate" renews keys';
    throw new KeysFolderError('not-empty', `${folder.root} has signing keys already: ${remedy}`);
  }
  const made = Object.entries(SIGNERS).map(
    ([role, sources]) => [role, newSigningKey({ kid: `${role}-1`, sources: [...sources] })] as const,
  );
  await writeEntries(
    folder,
    made.map(([, { entry }]) => entry),
  );
  for (const [role, { privateKey }] of made) await writePrivate(folder, role, privateKey);
  for (const role of ROLES)
    await folder.write(`${role}/signing.env`, settingsFile(signingSettings(folder, role, audience)));
}

/** Makes the key of a publisher. @returns the file of the private key */
export async function createSigningKey(
  folder: SigningKeysFolder,
  { name, ...about }: { readonly name: string; readonly sources: string[]; readonly expires?: string },
): Promise<string> {
  const entries = await readEntries(folder);
  if (entries.some(({ kid }) => nameOf(kid) === name))
    throw new KeysFolderError('key-exists', `there is a key of "${name}"; rotate it, or take another name`);
  const { privateKey, entry } = newSigningKey({ kid: `${name}-1`, ...about });
  await writeEntries(folder, [...entries, entry]);
  return writePrivate(folder, name, privateKey);
}

/**
 * Makes a new key for a name. The former key signs until the end of the overlap.
 *
 * @param parts.published called when the public keys are written: the verifiers must have them before the signer has
 *   its key
 */
export async function rotateSigningKey(
  folder: SigningKeysFolder,
  parts: { readonly name: string; readonly formerExpires: Date; readonly published: () => Promise<void> },
): Promise<{ kid: string; file: string }> {
  const { name, formerExpires, published } = parts;
  const entries = await readEntries(folder);
  const former = entries.filter(({ kid }) => nameOf(kid) === name);
  const latest = former.at(-1);
  if (!latest)
    throw unknownKey(
      name,
      entries.map(({ kid }) => nameOf(kid)),
    );
  const kid = `${name}-${Math.max(...former.map((each) => Number(NUMBERED.exec(each.kid)?.[2]))) + 1}`;
  const { privateKey, entry } = newSigningKey({ kid, sources: latest.sources });
  const ending = (each: PublicKeyEntry) =>
    nameOf(each.kid) === name ? { ...each, expires: earlier(each.expires, formerExpires) } : each;
  await writeEntries(folder, [...entries.map(ending), entry]);
  await published();
  return { kid, file: await writePrivate(folder, name, privateKey) };
}

export async function revokeSigningKey(folder: SigningKeysFolder, kid: string): Promise<void> {
  const entries = await readEntries(folder);
  if (!entries.some((each) => each.kid === kid))
    throw unknownKey(
      kid,
      entries.map((each) => each.kid),
    );
  await writeEntries(
    folder,
    entries.map((each) => (each.kid === kid ? { ...each, revoked: true } : each)),
  );
}

/** @throws KeysFolderError if there is no file that can be read */
export async function readEntries({ root }: SigningKeysFolder): Promise<readonly PublicKeyEntry[]> {
  const file = path.join(root, PUBLIC_KEYS);
  try {
    return parseEntries(await readFile(file, 'utf8'));
  } catch (cause) {
    const message = `${file} cannot be read: "sagaline keys signing init" makes it`;
    throw new KeysFolderError('no-keys', message, { cause });
  }
}

/** Each verifier has a copy in its own folder, which is what is handed out. */
async function writeEntries(folder: SigningKeysFolder, keys: readonly PublicKeyEntry[]): Promise<void> {
  const text = `${JSON.stringify({ keys }, null, 2)}\n`;
  await folder.write(PUBLIC_KEYS, text);
  for (const role of VERIFIERS) await folder.write(`${role}/${PUBLIC_KEYS}`, text);
}

async function writePrivate(folder: SigningKeysFolder, name: string, key: object): Promise<string> {
  const file = name in SIGNERS ? `${name}/${PRIVATE_KEY}` : `publishers/${name}/${PRIVATE_KEY}`;
  await folder.write(file, `${JSON.stringify(key)}\n`);
  return path.join(folder.root, file);
}

/** The settings of a role; none for a role that neither signs nor checks. */
export function signingSettings(
  { root }: Pick<SigningKeysFolder, 'root'>,
  role: string,
  audience: string,
): Readonly<Record<string, string>> {
  if (!ROLES.includes(role)) return {};
  const at = (name: string) => path.join(root, role, name);
  return {
    EVENT_SIGNATURES: 'require',
    EVENT_SIGNATURE_AUDIENCE: audience,
    ...(VERIFIERS.includes(role) && { EVENT_SIGNING_KEYS_FILE: at(PUBLIC_KEYS) }),
    ...(isSigner(role) && { EVENT_SIGNING_KEY_FILE: at(PRIVATE_KEY) }),
  };
}

function isSigner(role: string): role is Signer {
  return role in SIGNERS;
}

function nameOf(kid: string): string {
  return NUMBERED.exec(kid)?.[1] ?? kid;
}

function earlier(given: string | undefined, other: Date): string {
  return given !== undefined && Date.parse(given) < other.getTime() ? given : other.toISOString();
}

function unknownKey(asked: string, known: readonly string[]): KeysFolderError {
  const names = [...new Set(known)].join(', ');
  return new KeysFolderError('unknown-key', `there is no key "${asked}"; known is ${names}`);
}
