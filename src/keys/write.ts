import { isIPv6 } from 'node:net';
import path from 'node:path';
import type { NatsAccess, NatsRole } from '../adapters/nats';
import {
  NATS_ROLES,
  newNatsUser,
  permissionsOf,
  serverConfiguration,
  usersConfiguration,
} from '../adapters/nats';
import { clientCertificate, newAuthority, serverCertificate } from './certificates';
import type { KeysFolder, KeysRecord } from './folder';
import { settingsFile, writePair } from './folder';
import type { TemporalRole } from './temporal/roles';
import { TEMPORAL_RIGHTS } from './temporal/roles';
import { renewTemporal, temporalSettingsOf, writeNodeAuthority, writeTokenKeys } from './temporal/write';

/** An authority lives longer than all that it signs: to change it, everything gets a new certificate. */
const AUTHORITY_DAYS = 3_650;

interface Terms {
  readonly days: number;
  readonly now: Date;
}

/** Makes the authority, the certificates, the users and the server's configuration. */
export async function writeAll(
  folder: KeysFolder,
  { hosts, port, temporal, ...terms }: Terms & Pick<KeysRecord, 'hosts' | 'port' | 'temporal'>,
  access: NatsAccess,
): Promise<void> {
  const long = { ...terms, days: Math.max(AUTHORITY_DAYS, terms.days) };
  const authority = await newAuthority(long);
  if (temporal) await writeNodeAuthority(folder, long);
  await folder.write('ca.pem', authority.certificate);
  await folder.write('ca-key.pem', authority.key);
  const at = (name: string) => path.join(folder.root, name);
  const files = { certificate: at('server.pem'), key: at('server-key.pem'), authority: at('ca.pem') };
  await folder.write('nats-server.conf', serverConfiguration({ ...files, users: 'users.conf' }));
  await renew(folder, { hosts, port, users: noUsers(), temporal }, terms, access);
}

/**
 * Makes new certificates and users. A user's former key stays valid until `dropFormer`, so that processes and the
 * server may change one after the other.
 */
export async function renew(
  folder: KeysFolder,
  before: KeysRecord,
  terms: Terms,
  access: NatsAccess,
): Promise<void> {
  const { hosts, port } = before;
  const authority = await folder.authority();
  const users = noUsers();
  const temporal = before.temporal && (await renewTemporal(folder, before.temporal, { authority, ...terms }));
  await Promise.all([
    serverCertificate(authority, { ...terms, hosts }).then((made) => writePair(folder, 'server', made)),
    ...NATS_ROLES.map(async (role) => {
      const { publicKey, seed } = newNatsUser();
      users[role] = [publicKey, ...before.users[role].slice(0, 1)];
      await folder.write(`${role}/user.nk`, `${seed}\n`);
      await folder.write(`${role}/ca.pem`, authority.certificate);
      const certificate = await clientCertificate(authority, { ...terms, commonName: `sagaline-${role}` });
      await writePair(folder, `${role}/client`, certificate);
      await folder.write(`${role}/settings.env`, settingsFile(settingsOf(folder, role, before)));
    }),
  ]);
  await writeUsers(folder, { hosts, port, users, temporal }, access);
}

/** Writes the server's users anew, with the permissions of the project as it is now. */
export async function writeUsers(folder: KeysFolder, record: KeysRecord, access: NatsAccess): Promise<void> {
  await folder.write('users.conf', usersConfiguration(permissionsOf(access), record.users));
  if (record.temporal) await writeTokenKeys(folder, record.temporal);
  await folder.writeRecord(record);
}

export function dropFormer(record: KeysRecord): KeysRecord {
  const users = noUsers();
  for (const role of NATS_ROLES) users[role] = record.users[role].slice(0, 1);
  const { temporal } = record;
  return { ...record, users, temporal: temporal && { ...temporal, keys: temporal.keys.slice(0, 1) } };
}

function noUsers(): Record<NatsRole, string[]> {
  return Object.fromEntries(NATS_ROLES.map((role) => [role, []])) as unknown as Record<NatsRole, string[]>;
}

/** The settings of a role's process. Only `provision` makes streams and consumers. */
export function settingsOf(
  folder: KeysFolder,
  role: NatsRole,
  { hosts, port, temporal }: Pick<KeysRecord, 'hosts' | 'port' | 'temporal'>,
): Readonly<Record<string, string>> {
  const at = (name: string) => path.join(folder.root, name);
  return {
    NATS_URL: `tls://${inAddress(hosts[0] ?? '')}:${port}`,
    NATS_TLS_CA_FILE: at(`${role}/ca.pem`),
    NATS_TLS_CERT_FILE: at(`${role}/client.pem`),
    NATS_TLS_KEY_FILE: at(`${role}/client-key.pem`),
    NATS_NKEY_FILE: at(`${role}/user.nk`),
    ...(role === 'bridge' && { NATS_HOUSEKEEPING_NKEY_FILE: at('housekeeping/user.nk') }),
    PROVISION: role === 'provision' ? 'create' : 'check',
    ...(temporal && isTemporalRole(role) && temporalSettingsOf(folder, role, temporal)),
  };
}

function isTemporalRole(role: string): role is TemporalRole {
  return role in TEMPORAL_RIGHTS;
}

function inAddress(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
