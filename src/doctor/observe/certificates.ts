import { X509Certificate } from 'node:crypto';
import type { Config } from '../../config';
import type { Credential } from '../checks/expiry';
import { credentialsIn } from './files';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates in the files of the configuration, authorities included. */
export function certificates(config: Config): readonly Credential[] {
  const { temporalTls: temporal } = config;
  const inFiles = [
    ['NATS_TLS_CA_FILE', config.NATS_TLS_CA_FILE, NATS],
    ['NATS_TLS_CERT_FILE', config.NATS_TLS_CERT_FILE, NATS],
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', temporal?.serverCaCert?.path, TEMPORAL],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', temporal?.clientCert?.path, TEMPORAL],
    ...[config.DATABASE_URL, config.DATABASE_DIRECT_URL, config.DATABASE_OWNER_URL].flatMap((url) => [
      ['sslrootcert of DATABASE_URL', parameterOf(url, 'sslrootcert'), POSTGRES] as const,
      ['sslcert of DATABASE_URL', parameterOf(url, 'sslcert'), POSTGRES] as const,
    ]),
  ] as const;
  const files = new Map(inFiles.map(([setting, file, remedy]) => [file, { setting, file, remedy }]));
  return [
    ...[...files.values()].flatMap((of) =>
      credentialsIn({ ...of, what: 'certificate' }, (content, where) =>
        certificatesIn(content, where, of.remedy),
      ),
    ),
    ...[temporal?.serverCaCert, temporal?.clientCert].flatMap((pem) =>
      pem?.data === undefined ? [] : certificatesIn(pem.data, pem.setting, TEMPORAL),
    ),
  ];
}

const NATS = '"npx sagaline keys rotate": docs/nats-security.md';
const TEMPORAL = '"npx sagaline keys rotate": docs/temporal-security.md';
const POSTGRES = '"npx sagaline database rotate": docs/postgres-security.md';

function certificatesIn(content: string, where: string, remedy: string): Credential[] {
  const found = content.match(PEM) ?? [];
  if (found.length === 0)
    return [{ where, what: 'certificate', expires: undefined, unusable: 'is not in PEM form', remedy }];
  return found.map((pem) => {
    const { validTo, subject } = new X509Certificate(pem);
    return {
      where,
      what: `certificate of ${subject.replace(/\n/g, ', ')}`,
      expires: new Date(validTo),
      remedy,
    };
  });
}

/** `system` names the authorities of Node.js. */
function parameterOf(url: string, name: string): string | undefined {
  const file = URL.canParse(url) ? new URL(url).searchParams.get(name) : null;
  return file === null || file === 'system' ? undefined : file;
}
