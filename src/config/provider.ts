import type { Environment } from './environment';
import { httpUrl } from './schema';

/** How to reach a provider, and the secrets that sign its webhooks. */
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

export function readProvider(provider: string, settings: Environment, problems: string[]): ProviderSettings {
  const read = (name: Parameters<typeof providerSetting>[1]): string => {
    const setting = providerSetting(provider, name);
    const value = settings[setting];
    if (value === undefined) problems.push(`${setting} is missing`);
    return value ?? '';
  };
  const address = read('URL');
  const wrong = httpUrl.safeParse(address).error?.issues[0]?.message;
  if (address !== '' && wrong !== undefined) problems.push(`${providerSetting(provider, 'URL')}: ${wrong}`);
  const apiKey = read('API_KEY');
  const webhookSecrets = read('WEBHOOK_SECRET')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
  const setting = providerSetting(provider, 'WEBHOOK_SECRET');
  if (webhookSecrets.length === 0 && settings[setting] !== undefined) {
    problems.push(`${setting}: there is no secret between the commas`);
  }
  return { url: address.replace(/\/+$/, ''), apiKey, webhookSecrets };
}
