import { InvalidConfigError, readConfig } from '../../../src/config';
import { providers as sandbox, sandboxPresets } from '../../../domains/shop/sandbox/role';

/** The needs of a deployment of the shop with its sandbox. */
export const needs = {
  providers: ['payment-provider', 'carrier'],
  settings: { sandbox: sandbox.settings },
  presets: sandboxPresets,
};
export const read = (given: Record<string, string | undefined> = {}) => readConfig(given, needs);

/** The problems of a configuration, each of which its error also names. */
export function problemsOf(
  given: Record<string, string | undefined>,
  wanted: Parameters<typeof readConfig>[1] = needs,
) {
  try {
    readConfig(given, wanted);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    for (const problem of error.problems) expect(error.message).toContain(`  - ${problem}`);
    return error.problems;
  }
  return [];
}

/** A complete configuration for production. */
export const production = {
  NODE_ENV: 'production',
  NATS_URL: 'tls://nats.example.com:4222',
  TEMPORAL_ADDRESS: 'temporal.example.com:7233',
  TEMPORAL_TLS: 'true',
  DATABASE_URL: `postgresql://sagaline:${'p'.repeat(32)}@db.example.com:5432/sagaline?sslmode=verify-full`,
  PROVIDER_PAYMENT_PROVIDER_URL: 'https://pay.example.com/v1',
  PROVIDER_PAYMENT_PROVIDER_API_KEY: 'the-payment-provider’s-api-key-of-ours',
  PROVIDER_PAYMENT_PROVIDER_WEBHOOK_SECRET: 'the-payment-provider’s-webhook-secret',
  PROVIDER_CARRIER_URL: 'https://carrier.example.com/v1',
  PROVIDER_CARRIER_API_KEY: 'the-carrier’s-api-key-which-is-of-ours',
  PROVIDER_CARRIER_WEBHOOK_SECRET: 'the-carrier’s-webhook-secret-which-is-ours',
};
