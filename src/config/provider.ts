import type { Environment } from './environment';
import { httpUrl } from './kinds';
import type { Secrets } from './secrets';

/**
 * How to reach a provider, and the secrets that sign its webhooks. Secrets in files change while the process runs: read
 * the fields for each use, do not copy them.
 */
export interface ProviderSettings {
  readonly url: string;
  readonly apiKey: string;
  /** The current secret first; an old one may stay until the provider has changed over. */
  readonly webhookSecrets: readonly string[];
}

/** The name of a provider's setting: `PROVIDER_CARRIER_URL`. */
export function providerSetting(provider: string, name: 'URL' | 'API_KEY' | 'WEBHOOK_SECRET'): string {
  return `PROVIDER_${provider.toUpperCase().replaceAll('-', '_')}_${name}`;
}

/** The names of the secret settings of a provider. */
export function providerSecrets(provider: string): string[] {
  return [providerSetting(provider, 'API_KEY'), providerSetting(provider, 'WEBHOOK_SECRET')];
}

export function readProvider(
  provider: string,
  {
    settings,
    secrets,
    problems,
  }: { readonly settings: Environment; readonly secrets: Secrets; readonly problems: string[] },
): ProviderSettings {
  const nameOf = (name: Parameters<typeof providerSetting>[1]) => providerSetting(provider, name);
  const read = (name: Parameters<typeof providerSetting>[1]): string => {
    const setting = nameOf(name);
    const value = settings[setting];
    const isInFile = secrets.environment[`${setting}_FILE`] !== undefined;
    if (value === undefined && !isInFile) problems.push(`${setting} is missing`);
    return value ?? '';
  };
  const address = read('URL');
  const wrong = httpUrl.safeParse(address).error?.issues[0]?.message;
  if (address !== '' && wrong !== undefined) problems.push(`${nameOf('URL')}: ${wrong}`);
  const apiKey = read('API_KEY');
  const signing = read('WEBHOOK_SECRET');
  if (listOf(signing).length === 0 && settings[nameOf('WEBHOOK_SECRET')] !== undefined) {
    problems.push(`${nameOf('WEBHOOK_SECRET')}: there is no secret between the commas`);
  }
  const now = (name: 'API_KEY' | 'WEBHOOK_SECRET', first: string) =>
    secrets.reader(nameOf(name))?.() ?? first;
  return {
    url: address.replace(/\/+$/, ''),
    get apiKey() {
      return now('API_KEY', apiKey);
    },
    get webhookSecrets() {
      return listOf(now('WEBHOOK_SECRET', signing));
    },
  };
}

/** The secrets that sign the webhooks of each provider, as they are when they are read. */
export function webhookSecretsOf(
  providers: Readonly<Record<string, ProviderSettings>>,
): Readonly<Record<string, readonly string[]>> {
  const secrets = Object.entries(providers).map(
    ([name, settings]) => [name, { enumerable: true, get: () => settings.webhookSecrets }] as const,
  );
  return Object.defineProperties({}, Object.fromEntries(secrets));
}

function listOf(secrets: string): string[] {
  return secrets
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
}
