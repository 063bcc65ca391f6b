/** How a process reaches Temporal: with the names that all of Temporal's SDKs and its command line read. */
import { z } from 'zod';
import type { Pem, TemporalTls } from '../adapters/temporal';
import type { Environment } from './environment';
import { secret } from './secrets';

const given = z.string().min(1).optional();
/** Temporal's own reader takes every other word for `false`, also `yes`. */
const onOrOff = z.enum(['true', '1', 'false', '0'], 'must be true or false').optional();

export const temporalShape = {
  TEMPORAL_ADDRESS: z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'must be host:port, such as 127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).max(255).default('default'),
  /** A JSON Web Token for a server with an authorizer, or a key of Temporal Cloud; implies TLS. */
  TEMPORAL_API_KEY: secret().optional(),
  /** A configuration file of Temporal (TOML), and the profile in it; default: `default`. The environment wins. */
  TEMPORAL_CONFIG_FILE: given,
  TEMPORAL_PROFILE: given,
  /** Whether the connection is encrypted. Default: if there is an API key or one of the settings below. */
  TEMPORAL_TLS: onOrOff,
  /** The authorities that sign the server's certificate, as PEM. Default: those of Node.js. */
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: given,
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: given,
  /** The name in the server's certificate, if it is not that in the address. */
  TEMPORAL_TLS_SERVER_NAME: given,
  /** This process's own certificate and key, as PEM. The files are read again when they change. */
  TEMPORAL_TLS_CLIENT_CERT_PATH: given,
  TEMPORAL_TLS_CLIENT_CERT_DATA: given,
  TEMPORAL_TLS_CLIENT_KEY_PATH: given,
  TEMPORAL_TLS_CLIENT_KEY_DATA: secret().optional(),
  /** Must not be on: the SDK for TypeScript always checks the name of a server. */
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: onOrOff,
};

type TemporalSettings = z.infer<z.ZodObject<typeof temporalShape>>;

const PEMS = ['TEMPORAL_TLS_SERVER_CA_CERT', 'TEMPORAL_TLS_CLIENT_CERT', 'TEMPORAL_TLS_CLIENT_KEY'] as const;
const WITH_TLS = [
  'TEMPORAL_TLS_SERVER_NAME',
  ...PEMS.flatMap((name) => [`${name}_PATH`, `${name}_DATA`] as const),
] as const;

/** TLS of the connection; `undefined` for one in plain text. */
export function temporalTls(settings: TemporalSettings): TemporalTls | undefined {
  if (!isEncrypted(settings)) return undefined;
  const pem = (name: (typeof PEMS)[number]): Pem | undefined => {
    const [path, data] = [settings[`${name}_PATH`], settings[`${name}_DATA`]];
    if (path !== undefined) return { setting: `${name}_PATH`, path };
    return data === undefined ? undefined : { setting: `${name}_DATA`, data };
  };
  return {
    serverName: settings.TEMPORAL_TLS_SERVER_NAME,
    serverCaCert: pem('TEMPORAL_TLS_SERVER_CA_CERT'),
    clientCert: pem('TEMPORAL_TLS_CLIENT_CERT'),
    clientKey: pem('TEMPORAL_TLS_CLIENT_KEY'),
  };
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost):/;

/** What contradicts itself, and what must not be in production. */
export function temporalProblems(settings: Environment): string[] {
  const problems: string[] = [];
  const isSet = (name: string) => settings[name] !== undefined;
  for (const name of PEMS)
    if (isSet(`${name}_PATH`) && isSet(`${name}_DATA`))
      problems.push(`${name}_PATH and ${name}_DATA: only one of them may be set`);
  const [cert, key] = ['TEMPORAL_TLS_CLIENT_CERT', 'TEMPORAL_TLS_CLIENT_KEY'].map((name) =>
    [`${name}_PATH`, `${name}_DATA`].some(isSet),
  );
  if (cert !== key)
    problems.push(
      'TEMPORAL_TLS_CLIENT_CERT_… and TEMPORAL_TLS_CLIENT_KEY_…: one is of no use without the other',
    );
  if (flag(settings['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION']) === true)
    problems.push(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: must not be on, anybody could then answer as Temporal; TEMPORAL_TLS_SERVER_NAME names the server of the certificate',
    );
  return [...problems, ...plaintextProblems(settings)];
}

/** The key that has signed the tokens in deploy/sandbox-keys, as it is at the beginning of each of them. */
const SANDBOX_TOKENS =
  'eyJhbGciOiJFUzI1NiIsImtpZCI6IkZKTWpGUWdHNGY0Z2tFejBqQjk3aHVVVFRmdVY1dXMxZ2dPY3VPY3FycFkifQ.';

function plaintextProblems(settings: Environment): string[] {
  const isSet = (name: string) => settings[name] !== undefined;
  const address = settings['TEMPORAL_ADDRESS'] ?? '';
  const isLocal = LOOPBACK.test(address);
  const isOff = flag(settings['TEMPORAL_TLS']) === false;
  if (isOff && isSet('TEMPORAL_API_KEY') && !isLocal)
    return [`TEMPORAL_TLS: must be on, the API key would go to ${address} in clear`];
  if (settings['NODE_ENV'] !== 'production') return [];
  if (settings['TEMPORAL_API_KEY']?.startsWith(SANDBOX_TOKENS) === true)
    return ['TEMPORAL_API_KEY: is a token of deploy/sandbox-keys, which everyone knows'];
  if (!isEncrypted(settings) && address !== '' && !isLocal)
    return [`TEMPORAL_TLS: must be on in production, TEMPORAL_ADDRESS (${address}) is not on this machine`];
  return [];
}

/** `TEMPORAL_TLS` says it; without it, any setting that needs TLS does. */
function isEncrypted(settings: Readonly<Record<string, unknown>>): boolean {
  const { TEMPORAL_TLS: said } = settings;
  if (said !== undefined) return said === 'true' || said === '1';
  return [...WITH_TLS, 'TEMPORAL_API_KEY'].some((name) => settings[name] !== undefined);
}

function flag(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 'true' || value === '1';
}
