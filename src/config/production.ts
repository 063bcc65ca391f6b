import { unverifiedAddresses } from './database';
import type { Environment } from './environment';
import type { GatewayAccess } from './gateway-access';
import type { ProviderSettings } from './provider';
import { providerSetting } from './provider';
import type { Settings } from './schema';
import { passwordsIn } from './secret-mask';

/** A shorter secret can be guessed from one signature. */
const SECRET_BYTES = 32;

interface Secret {
  readonly setting: string;
  readonly value: string;
}

export interface ProductionParts {
  readonly settings: Settings;
  readonly access: GatewayAccess;
  readonly providers: readonly (readonly [name: string, settings: ProviderSettings])[];
  /** The defaults of development, which everyone knows. */
  readonly defaults: Environment;
}

/** What no process may start with in production. The messages do not contain secrets. */
export function productionProblems({ settings, access, providers, defaults }: ProductionParts): string[] {
  if (settings.NODE_ENV !== 'production') return [];
  const secrets = [
    ...providers.flatMap(([name, provider]) => secretsOf(name, provider)),
    ...passwordOf('DATABASE_URL', settings.DATABASE_URL),
    ...passwordOf('DATABASE_DIRECT_URL', settings.DATABASE_DIRECT_URL),
    ...passwordOf('DATABASE_OWNER_URL', settings.DATABASE_OWNER_URL),
    ...settings.NATS_URL.split(',').flatMap((url) => passwordOf('NATS_URL', url)),
  ];
  const known = new Set([
    ...Object.values(defaults),
    ...passwordOf('DATABASE_URL', defaults['DATABASE_URL']).map(({ value }) => value),
  ]);
  return [
    ...(access.mode === 'none' ? ['GATEWAY_AUTH: must not be none in production'] : []),
    ...unverifiedAddresses(settings),
    ...unencrypted('JWT_JWKS_URL', settings.JWT_JWKS_URL),
    ...providers.flatMap(([name, { url }]) => unencrypted(providerSetting(name, 'URL'), url)),
    ...secrets.flatMap(({ setting, value }) => weakness(setting, value, known)),
    ...sharedOf(secrets),
  ];
}

function secretsOf(name: string, { apiKey, webhookSecrets }: ProviderSettings): Secret[] {
  return [
    ...(apiKey === '' ? [] : [{ setting: providerSetting(name, 'API_KEY'), value: apiKey }]),
    ...webhookSecrets.map((value) => ({ setting: providerSetting(name, 'WEBHOOK_SECRET'), value })),
  ];
}

/** An address without a password has other credentials, or none to guess. */
function passwordOf(setting: string, url: string | undefined): Secret[] {
  const password = url !== undefined && URL.canParse(url) ? passwordsIn(new URL(url)).at(-1) : undefined;
  return password === undefined ? [] : [{ setting, value: password }];
}

function unencrypted(setting: string, url: string | undefined): string[] {
  const isPlain = url !== undefined && URL.canParse(url) && new URL(url).protocol === 'http:';
  return isPlain ? [`${setting}: must be https:// in production`] : [];
}

function weakness(setting: string, given: string, known: ReadonlySet<string | undefined>): string[] {
  const value = given.trim();
  if (known.has(value)) return [`${setting}: is a known default of development, not a secret`];
  const bytes = Buffer.byteLength(value);
  return bytes < SECRET_BYTES
    ? [`${setting}: a secret needs ${SECRET_BYTES} bytes, this one has ${bytes}`]
    : [];
}

/** One secret in two settings: a provider that has the one has the other. */
function sharedOf(secrets: readonly Secret[]): string[] {
  const settingsOf = new Map<string, Set<string>>();
  for (const { setting, value } of secrets) {
    // Both are addresses of one database.
    const settings = settingsOf.get(value) ?? new Set();
    settingsOf.set(value, settings.add(setting.replace('_DIRECT_URL', '_URL')));
  }
  return [...settingsOf.values()]
    .filter(({ size }) => size > 1)
    .map((settings) => `${[...settings].join(', ')}: have the same secret; each needs one of its own`);
}
