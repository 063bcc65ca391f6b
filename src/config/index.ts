/**
 * The one configuration: read from the environment once, in an entry point, and passed on as an object. Outside of
 * production every setting has a default that fits the local stack; in production addresses and secrets must be given.
 */
export { InvalidConfigError } from '../contracts';
export type { DatabaseUse } from './database';
export { environment } from './environment';
export type { Environment } from './environment';
export type { ProviderSettings } from './provider';
export { providerSecrets, providerSetting, webhookSecretsOf } from './provider';
export type { Config, ConfigNeeds } from './config';
export { givenSettings, readSettings } from './domain-settings';
export { ENGINE_SETTINGS } from './given';
export { isLoopback } from './gateway-access';
export { readConfig } from './read';
export type { SignatureNeeds } from './signatures';
export { milliseconds } from './kinds';
export { secret } from './secrets';
export { recordsSpans } from './telemetry';
export { isOfController } from './worker-versions';
