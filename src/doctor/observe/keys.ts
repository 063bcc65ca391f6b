import type { Config } from '../../config';
import { parseKeyRing } from '../../security/codec/key-ring';
import type { PublicKeyEntry } from '../../security/signatures/public-keys';
import { parseEntries } from '../../security/signatures/public-keys';
import { parseSigningKey } from '../../security/signatures/signing-key';
import type { ApiKey } from '../../security/tokens/api-keys';
import { parseApiKeys } from '../../security/tokens/api-keys';
import type { Credential } from '../checks/expiry';
import { credentialsIn } from './files';

/** The keys in the files of the configuration. */
export function keys(config: Config): readonly Credential[] {
  const { NODE_ENV, PAYLOAD_KEYS_FILE, PERSONAL_DATA_KEYS_FILE } = config;
  const { EVENT_SIGNATURES: mode = NODE_ENV === 'production' ? 'require' : 'off' } = config;
  return [
    // Without signatures nobody reads their files, which may be empty.
    ...(mode === 'off' ? [] : signingKeys(config)),
    ...credentialsIn(
      { setting: 'API_KEYS_FILE', file: config.API_KEYS_FILE, what: 'file of API keys', remedy: API_KEYS },
      (content, where) => {
        const all = parseApiKeys(content);
        return all.map((entry) => apiKey(entry, all, where));
      },
    ),
    ...(
      [
        ['PAYLOAD_KEYS_FILE', PAYLOAD_KEYS_FILE],
        ['PERSONAL_DATA_KEYS_FILE', PERSONAL_DATA_KEYS_FILE],
      ] as const
    ).flatMap(([setting, file]) =>
      credentialsIn({ setting, file, what: 'file of keys', remedy: RING }, (content, where) => {
        // Throws for a wrong line. These keys have no end: they decrypt what is stored.
        parseKeyRing(content, setting);
        return [{ where, what: 'keys', expires: undefined, remedy: RING }];
      }),
    ),
  ];
}

function signingKeys({ EVENT_SIGNING_KEYS_FILE, EVENT_SIGNING_KEY_FILE }: Config): readonly Credential[] {
  let entries: readonly PublicKeyEntry[] | undefined;
  const publicKeys = credentialsIn(
    {
      setting: 'EVENT_SIGNING_KEYS_FILE',
      file: EVENT_SIGNING_KEYS_FILE,
      what: 'file of public keys',
      remedy: SIGNING,
    },
    (content, where) => {
      const all = parseEntries(content);
      entries = all;
      return all.filter(({ revoked }) => revoked !== true).map((entry) => signing(entry, all, where));
    },
  );
  return [
    ...publicKeys,
    ...credentialsIn(
      {
        setting: 'EVENT_SIGNING_KEY_FILE',
        file: EVENT_SIGNING_KEY_FILE,
        what: 'signing key',
        remedy: SIGNING,
      },
      (content, where) => [own(parseSigningKey(content).kid, entries, where)],
    ),
  ];
}

const SIGNING = '"npx sagaline keys signing rotate": docs/signed-events.md';
const API_KEYS = '"npx sagaline api-keys create": docs/tokens.md';
const RING = 'put the right file there: docs/payload-encryption.md, docs/personal-data.md';

function signing(entry: PublicKeyEntry, all: readonly PublicKeyEntry[], where: string): Credential {
  const others = all.filter((other) => other.kid !== entry.kid && other.revoked !== true);
  const covers = (other: PublicKeyEntry) => entry.sources.every((source) => other.sources.includes(source));
  return {
    where,
    what: `signing key ${entry.kid} of ${entry.sources.join(', ')}`,
    expires: dateOf(entry.expires),
    replaced: others.some((other) => covers(other) && isLater(other.expires, entry.expires)),
    remedy: SIGNING,
  };
}

/** The key with which this process signs: what verifiers say of it counts. */
function own(kid: string, entries: readonly PublicKeyEntry[] | undefined, where: string): Credential {
  const entry = entries?.find((each) => each.kid === kid);
  const about = { where, what: `signing key ${kid}`, remedy: SIGNING, expires: dateOf(entry?.expires) };
  if (entries !== undefined && entry === undefined)
    return { ...about, unusable: 'is not in EVENT_SIGNING_KEYS_FILE: its events are refused' };
  return entry?.revoked === true ? { ...about, unusable: 'is revoked: its events are refused' } : about;
}

function apiKey(entry: ApiKey, all: readonly ApiKey[], where: string): Credential {
  const others = all.filter(({ id, principal }) => id !== entry.id && principal === entry.principal);
  return {
    where,
    what: `API key ${entry.id} of ${entry.principal}`,
    expires: dateOf(entry.expires),
    replaced: others.some(({ expires }) => isLater(expires, entry.expires)),
    remedy: API_KEYS,
  };
}

function isLater(expires: string | undefined, than: string | undefined): boolean {
  if (than === undefined) return false;
  return expires === undefined || Date.parse(expires) > Date.parse(than);
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
