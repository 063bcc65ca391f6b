import type { EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { providerSetting } from '../config';
import { objectName } from './objects';
import type { Process } from './processes';

/** Where the files of a process are in its container. */
const FOLDER = '/run/sagaline';
/** Readable for the pod's group, which is that of the process. */
const GROUP_READABLE = 0o440;

/** A file of a Secret, the setting that names it, and where it is below the folder. */
interface CredentialFile {
  /** The last part of the Secret's name. */
  readonly secret: string;
  /** As `sagaline keys`, `database` and `keys signing` name the file. */
  readonly key: string;
  readonly path: string;
  readonly setting?: string;
}

/** The Secrets of a process, each made from one folder or file: docs/kubernetes.md. */
export function credentialsOf(process: Process): readonly CredentialFile[] {
  return [
    ...natsFiles(process),
    ...temporalFiles(process),
    ...databaseFiles(process),
    ...signingFiles(process),
    ...(process.apiKeys
      ? [{ secret: 'api-keys', key: 'api-keys.json', path: 'api-keys.json', setting: 'API_KEYS_FILE' }]
      : []),
    ...(process.hasToken
      ? [{ secret: 'operator-token', key: 'token', path: 'operator-token', setting: 'SAGALINE_TOKEN_FILE' }]
      : []),
    ...(process.personalData
      ? [
          {
            secret: 'personal-data-keys',
            key: 'personal-data-keys',
            path: 'personal-data-keys',
            setting: 'PERSONAL_DATA_KEYS_FILE',
          },
        ]
      : []),
    ...process.providers.flatMap(providerFiles),
  ];
}

function natsFiles({ name, nats }: Process): CredentialFile[] {
  if (nats === undefined) return [];
  const secret = `keys-${nats}`;
  return [
    { secret, key: 'ca.pem', path: 'nats/ca.pem', setting: 'NATS_TLS_CA_FILE' },
    { secret, key: 'client.pem', path: 'nats/client.pem', setting: 'NATS_TLS_CERT_FILE' },
    { secret, key: 'client-key.pem', path: 'nats/client-key.pem', setting: 'NATS_TLS_KEY_FILE' },
    { secret, key: 'user.nk', path: 'nats/user.nk', setting: 'NATS_NKEY_FILE' },
    ...(name === 'bridge'
      ? [
          {
            secret: 'keys-housekeeping',
            key: 'user.nk',
            path: 'nats/housekeeping.nk',
            setting: 'NATS_HOUSEKEEPING_NKEY_FILE',
          },
        ]
      : []),
  ];
}

function temporalFiles({ temporal }: Process): CredentialFile[] {
  if (temporal === undefined) return [];
  const secret = `keys-${temporal}`;
  return [
    { secret, key: 'ca.pem', path: 'temporal/ca.pem', setting: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH' },
    { secret, key: 'client.pem', path: 'temporal/client.pem', setting: 'TEMPORAL_TLS_CLIENT_CERT_PATH' },
    {
      secret,
      key: 'client-key.pem',
      path: 'temporal/client-key.pem',
      setting: 'TEMPORAL_TLS_CLIENT_KEY_PATH',
    },
    { secret, key: 'temporal-token', path: 'temporal/token', setting: 'TEMPORAL_API_KEY_FILE' },
  ];
}

/** The address names the authority by its path in the container. */
function databaseFiles({ database }: Process): CredentialFile[] {
  if (database === undefined) return [];
  const setting = database === 'owner' ? 'DATABASE_OWNER_URL_FILE' : 'DATABASE_URL_FILE';
  return [
    { secret: `database-${database}`, key: 'database-url', path: 'database/url', setting },
    { secret: 'database-ca', key: 'ca.pem', path: 'database/ca.pem' },
  ];
}

function signingFiles({ signsAs, verifies }: Process): CredentialFile[] {
  return [
    ...(signsAs === undefined
      ? []
      : [
          {
            secret: `signing-${signsAs}`,
            key: 'signing-key.json',
            path: 'signing/key.json',
            setting: 'EVENT_SIGNING_KEY_FILE',
          },
        ]),
    ...(verifies
      ? [
          {
            secret: 'signing-keys',
            key: 'signing-keys.json',
            path: 'signing/keys.json',
            setting: 'EVENT_SIGNING_KEYS_FILE',
          },
        ]
      : []),
  ];
}

function providerFiles(provider: string): CredentialFile[] {
  const secret = `provider-${provider}`;
  const at = `providers/${provider}`;
  return [
    {
      secret,
      key: 'api-key',
      path: `${at}/api-key`,
      setting: `${providerSetting(provider, 'API_KEY')}_FILE`,
    },
    {
      secret,
      key: 'webhook-secret',
      path: `${at}/webhook-secret`,
      setting: `${providerSetting(provider, 'WEBHOOK_SECRET')}_FILE`,
    },
  ];
}

/** The settings that name the files, in the form of a container's `env`. */
export function credentialSettings(process: Process): EnvVar[] {
  return credentialsOf(process).flatMap(({ setting, path }) =>
    setting === undefined ? [] : [{ name: setting, value: `${FOLDER}/${path}` }],
  );
}

export const credentialsMount: VolumeMount = { name: 'credentials', mountPath: FOLDER, readOnly: true };

/**
 * One volume of all files. Kubernetes replaces them together when a Secret changes, and the processes read them again: no
 * restart. A Secret or a file that is missing keeps the pod from starting, with its name in the pod's events.
 */
export function credentialsVolume(process: Process): Volume {
  const files = credentialsOf(process);
  const secrets = [...new Set(files.map(({ secret }) => secret))];
  const itemsOf = (wanted: string) =>
    files.filter(({ secret }) => secret === wanted).map(({ key, path }) => ({ key, path }));
  return {
    name: credentialsMount.name,
    projected: {
      defaultMode: GROUP_READABLE,
      sources: secrets.map((secret) => ({ secret: { name: objectName(secret), items: itemsOf(secret) } })),
    },
  };
}
