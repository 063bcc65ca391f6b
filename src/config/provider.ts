import type { Environment } from './environment';
import { httpUrl } from './schema';

/** How to reach a provider, and the secrets that sign its webhooks. */
export interface ProviderSettings {
  readonly url: string;
  readonly apiKey: string;
  /** The current secret first; an old one may stay until the provider has changed over. */
  readonly webhookSecrets: readonly string[];
}

export function readProvider(provider: string, settings: Environment, problems: string[]): ProviderSettings {
  const prefix = `PROVIDER_${provider.toUpperCase().replaceAll('-', '_')}`;
  const read = (name: string): string => {
    const value = settings[`${prefix}_${name}`];
    if (value === undefined) problems.push(`${prefix}_${name} is missing`);
    return value ?? '';
  };
  const address = read('URL');
  const wrong = httpUrl.safeParse(address).error?.issues[0]?.message;
  if (address !== '' && wrong !== undefined) problems.push(`${prefix}_URL: ${wrong}`);
  const apiKey = read('API_KEY');
  const webhookSecrets = read('WEBHOOK_SECRET')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
  if (webhookSecrets.length === 0 && settings[`${prefix}_WEBHOOK_SECRET`] !== undefined) {
    problems.push(`${prefix}_WEBHOOK_SECRET: there is no secret between the commas`);
  }
  return { url: address.replace(/\/+$/, ''), apiKey, webhookSecrets };
}
