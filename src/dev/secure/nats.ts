import path from 'node:path';
import type { NatsRole } from '../../adapters/nats';
import { NATS_ROLES } from '../../adapters/nats';
import { KeysFolderError, keysFolder, natsAccessOf, settingsOf, writeAll, writeUsers } from '../../keys';
import { LOOPBACK } from '../stack/ports';
import type { MakePart } from './part';

/** Nobody renews the certificates of a laptop: they are valid as long as their authority. */
const DAYS = 3_650;

/** NATS with TLS on both sides, and a user with the least permissions for each role: docs/nats-security.md. */
export const nats: MakePart = async ({ folder: root, config, given, catalogue }) => {
  const folder = keysFolder(root);
  const access = natsAccessOf(catalogue, config);
  const place = { hosts: [LOOPBACK, 'localhost'], port: config.NATS_PORT };
  const record = await folder.read().catch((error: unknown) => {
    if (error instanceof KeysFolderError) return undefined;
    throw error;
  });
  // The project may have other events than at the last start.
  if (record) await writeUsers(folder, { ...record, ...place }, access);
  else await writeAll(folder, { ...place, days: DAYS, now: new Date() }, access);

  const at = (name: string) => path.join(root, name);
  const isRole = (name: string): name is NatsRole => NATS_ROLES.some((role) => role === name);
  const url = given['NATS_URL'] ? { NATS_URL: given['NATS_URL'] } : {};
  const { NATS_TLS_CA_FILE, NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE, NATS_NKEY_FILE } = settingsOf(
    folder,
    'provision',
    place,
  );
  return {
    settingsOf: (role) => (isRole(role) ? { ...settingsOf(folder, role, place), ...url } : {}),
    servers: {
      nats: {
        files: {
          certificate: at('server.pem'),
          key: at('server-key.pem'),
          authority: at('ca.pem'),
          users: at('users.conf'),
        },
        asker: {
          tls: { caFile: NATS_TLS_CA_FILE, certFile: NATS_TLS_CERT_FILE, keyFile: NATS_TLS_KEY_FILE },
          nkeyFile: NATS_NKEY_FILE,
        },
      },
    },
  };
};
