import path from 'node:path';
import type { Certified } from '../certificates';
import { clientCertificate, newAuthority, serverCertificate } from '../certificates';
import type { KeysFolder } from '../folder';
import { settingsFile, writePair } from '../folder';
import type { TemporalRecord } from './record';
import type { TemporalRole } from './roles';
import { TEMPORAL_ROLES } from './roles';
import { NODE_NAME, SERVER_FILES, serverSettings } from './server-settings';
import { newTokens } from './tokens';

/** The folder of the server's own files. */
const SERVER = 'temporal';

interface Terms {
  readonly days: number;
  readonly now: Date;
}

/** Makes the authority of the server's nodes, which signs nothing but their certificate. */
export async function writeNodeAuthority(folder: KeysFolder, terms: Terms): Promise<void> {
  const authority = await newAuthority(terms);
  await folder.write(`${SERVER}/${SERVER_FILES.nodeAuthority}`, authority.certificate);
  await folder.write('node-ca-key.pem', authority.key);
}

/**
 * Makes the server's certificates and settings, and tokens for the roles, signed by a new key. Tokens of the former key
 * stay valid until it is dropped.
 */
export async function renewTemporal(
  folder: KeysFolder,
  before: TemporalRecord,
  { authority, ...terms }: Terms & { readonly authority: Certified },
): Promise<TemporalRecord> {
  const { hosts, namespace } = before;
  const { key, tokens } = await newTokens(namespace, terms);
  const nodes: Certified = {
    certificate: await folder.text(`${SERVER}/${SERVER_FILES.nodeAuthority}`),
    key: await folder.text('node-ca-key.pem'),
  };
  const record = { ...before, keys: [key, ...before.keys.slice(0, 1)] };
  await Promise.all([
    serverCertificate(authority, { ...terms, hosts }).then((made) =>
      writePair(folder, `${SERVER}/server`, made),
    ),
    // A node is server and client of the others.
    serverCertificate(nodes, { ...terms, hosts: [NODE_NAME], isClient: true }).then((made) =>
      writePair(folder, `${SERVER}/node`, made),
    ),
    folder.write(`${SERVER}/${SERVER_FILES.clientAuthority}`, authority.certificate),
    folder.write(`${SERVER}/server.env`, settingsFile(serverSettings(path.join(folder.root, SERVER)))),
    // No end of line: KEDA and Temporal's worker controller send a Secret as it is, and gRPC refuses such a header.
    ...TEMPORAL_ROLES.map((role) => folder.write(`${role}/temporal-token`, tokens[role])),
    ...(['worker', 'reader'] as const).map((role) =>
      writeOnlyTemporal(folder, role, record, { authority, ...terms }),
    ),
  ]);
  await writeTokenKeys(folder, record);
  return record;
}

export async function writeTokenKeys(folder: KeysFolder, { keys }: TemporalRecord): Promise<void> {
  await folder.write(`${SERVER}/${SERVER_FILES.tokenKeys}`, `${JSON.stringify({ keys }, null, 2)}\n`);
}

/** Roles without a user of NATS have a folder for Temporal alone. */
async function writeOnlyTemporal(
  folder: KeysFolder,
  role: 'worker' | 'reader',
  record: TemporalRecord,
  { authority, ...terms }: Terms & { readonly authority: Certified },
): Promise<void> {
  await folder.write(`${role}/ca.pem`, authority.certificate);
  const certificate = await clientCertificate(authority, { ...terms, commonName: `sagaline-${role}` });
  await writePair(folder, `${role}/client`, certificate);
  await folder.write(`${role}/settings.env`, settingsFile(temporalSettingsOf(folder, role, record)));
}

/** The settings with which a role reaches Temporal. */
export function temporalSettingsOf(
  folder: KeysFolder,
  role: TemporalRole,
  { hosts, port, namespace }: TemporalRecord,
): Record<string, string> {
  const at = (name: string) => path.join(folder.root, role, name);
  return {
    TEMPORAL_ADDRESS: `${hosts[0] ?? ''}:${port}`,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_API_KEY_FILE: at('temporal-token'),
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('ca.pem'),
    TEMPORAL_TLS_CLIENT_CERT_PATH: at('client.pem'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: at('client-key.pem'),
  };
}
