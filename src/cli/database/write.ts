import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import type { ProjectTables } from '../../adapters/postgres';
import { loginRoles, OWNER, roleName, rolesSql, SALT_BYTES, scramVerifier } from '../../adapters/postgres';
import { CliError, EXIT } from '../exit';
import { newAuthority, serverCertificate } from '../../keys';
import type { KeysFolder } from '../../keys';

/** Of 24 letters of base64url: twice what a password that is asked for over a network needs. */
const PASSWORD_BYTES = 32;
/** An authority lives longer than all that it signs. */
const AUTHORITY_DAYS = 3_650;

const RECORD = 'database.json';
const record = z.object({
  hosts: z.array(z.string()).min(1),
  port: z.int(),
  database: z.string().min(1),
  prefix: z.string().min(1),
  /** Where processes find the folder, if that is not where it was made. */
  mountedAt: z.string().min(1).optional(),
});
/** What must be known to write the rest of the folder again. It has no secrets. */
type DatabaseRecord = z.infer<typeof record>;

interface Terms {
  readonly days: number;
  readonly now: Date;
}

/** Files that must wait until the server knows the new passwords. */
export interface Renewed {
  readonly sql: string;
  readonly write: () => Promise<void>;
}

export async function writeAuthority(folder: KeysFolder, { days, now }: Terms): Promise<void> {
  const authority = await newAuthority({ days: Math.max(AUTHORITY_DAYS, days), now });
  await folder.write('ca.pem', authority.certificate);
  await folder.write('ca-key.pem', authority.key);
}

export async function readRecord(folder: KeysFolder): Promise<DatabaseRecord> {
  try {
    return record.parse(JSON.parse(await folder.text(RECORD)));
  } catch (cause) {
    const message = `${folder.root} has no ${RECORD} that can be read: "sagaline database init" makes it`;
    throw new CliError('no-database', message, EXIT.usage, { cause });
  }
}

/** Makes a new password for each role of the project as it is now, and a new certificate of the server. */
export async function renew(
  folder: KeysFolder,
  known: DatabaseRecord,
  terms: Terms,
  tables: ProjectTables,
): Promise<Renewed> {
  const roles = loginRoles(tables);
  const passwords = new Map(
    [OWNER, ...roles].map((role) => [role, randomBytes(PASSWORD_BYTES).toString('base64url')]),
  );
  const passwordOf = (role: string) => passwords.get(role) ?? '';
  const sql = rolesSql(
    { prefix: known.prefix, roles },
    (role) => `'${scramVerifier(passwordOf(role), randomBytes(SALT_BYTES))}'`,
  );
  const { certificate, key } = await serverCertificate(await folder.authority(), {
    ...terms,
    hosts: known.hosts,
  });
  return {
    sql,
    write: async () => {
      await folder.write('roles.sql', sql);
      await folder.write('server-key.pem', key);
      await folder.write('server.pem', certificate);
      for (const role of passwords.keys()) {
        const own = role.replace(':', '-');
        const setting = role === OWNER ? 'DATABASE_OWNER_URL' : 'DATABASE_URL';
        await folder.write(`${own}/database-url`, `${addressOf(folder, known, role, passwordOf(role))}\n`);
        await folder.write(
          `${own}/settings.env`,
          `${setting}_FILE=${path.join(known.mountedAt ?? folder.root, own, 'database-url')}\nDATABASE_ROLE_PREFIX=${known.prefix}\n`,
        );
      }
      await folder.write(RECORD, `${JSON.stringify(known, null, 2)}\n`);
    },
  };
}

function addressOf(
  { root }: KeysFolder,
  { hosts: [host = ''], port, database, prefix, mountedAt = root }: DatabaseRecord,
  role: string,
  password: string,
): string {
  const at = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const authority = encodeURIComponent(path.join(mountedAt, 'ca.pem'));
  return `postgresql://${roleName(prefix, role)}:${password}@${at}/${encodeURIComponent(database)}?sslmode=verify-full&sslrootcert=${authority}`;
}
