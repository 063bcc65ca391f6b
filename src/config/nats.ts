import type { NatsSettings } from '../adapters/nats';
import type { Environment } from './environment';
import type { Settings } from './schema';

export function natsConfig(settings: Settings): NatsSettings {
  const { NATS_TLS_CA_FILE: caFile, NATS_TLS_CERT_FILE: certFile, NATS_TLS_KEY_FILE: keyFile } = settings;
  const hasTls = [caFile, certFile, keyFile].some((file) => file !== undefined);
  return {
    url: settings.NATS_URL,
    domain: settings.NATS_JS_DOMAIN,
    apiPrefix: settings.NATS_JS_API_PREFIX,
    tls: hasTls ? { caFile, certFile, keyFile } : undefined,
    nkeyFile: settings.NATS_NKEY_FILE,
    credsFile: settings.NATS_CREDS_FILE,
  };
}

/** The same server as another user; `undefined` if the settings name none. */
export function housekeepingConfig(settings: Settings): NatsSettings | undefined {
  const { NATS_HOUSEKEEPING_NKEY_FILE: nkeyFile, NATS_HOUSEKEEPING_CREDS_FILE: credsFile } = settings;
  if (nkeyFile === undefined && credsFile === undefined) return undefined;
  return { ...natsConfig(settings), nkeyFile, credsFile };
}

const ONLY_ONE = [
  ['NATS_NKEY_FILE', 'NATS_CREDS_FILE'],
  ['NATS_HOUSEKEEPING_NKEY_FILE', 'NATS_HOUSEKEEPING_CREDS_FILE'],
] as const;

/** What contradicts itself in the settings of NATS. */
export function natsProblems(settings: Environment): string[] {
  const isSet = (name: keyof Settings) => settings[name] !== undefined;
  const problems = ONLY_ONE.filter((names) => names.every(isSet)).map(
    (names) => `${names.join(' and ')}: only one of them may be set`,
  );
  if (isSet('NATS_JS_DOMAIN') && isSet('NATS_JS_API_PREFIX')) {
    problems.push(
      'NATS_JS_API_PREFIX: cannot be set together with NATS_JS_DOMAIN, which stands for a prefix',
    );
  }
  if (isSet('NATS_TLS_CERT_FILE') !== isSet('NATS_TLS_KEY_FILE')) {
    problems.push('NATS_TLS_CERT_FILE and NATS_TLS_KEY_FILE: one is of no use without the other');
  }
  return problems;
}
