// PostgreSQL with TLS, whose certificate and roles `sagaline database init` has made.
import { chmod, chown, copyFile, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { LoadedApp } from '../../src/runtime/app';
import { tablesOf } from '../../src/runtime/migrations';
import { testCli } from './cli';
import type { TestPostgres } from './postgres-servers';
import { startTestPostgres } from './postgres-servers';
import { sql } from './stack';
import { removeFolder } from '../../src/files/remove-folder';

export interface SecuredPostgres {
  /** The folder of `sagaline database init`. */
  readonly folder: string;
  readonly port: number;
  /** The address of an administrator. */
  readonly adminUrl: string;
  /** The settings of a role's process, as they are in its folder. */
  settings(role: string): Promise<Record<string, string>>;
  /** The address of a role, as its file has it. */
  urlOf(role: string): Promise<string>;
  /** Runs `sagaline database rotate`, and lets the server know. */
  rotate(): Promise<void>;
  /** Lets the server take another certificate, or require one of its clients. */
  use(files: { certificate: string; key: string; clientAuthority?: string }): Promise<void>;
  stop(): Promise<void>;
}

export async function startSecuredPostgres(app: LoadedApp): Promise<SecuredPostgres> {
  const parent = await mkdtemp(path.join(tmpdir(), 'sagaline-secured-postgres-'));
  const folder = path.join(parent, 'database');
  let data = '';
  const server: TestPostgres = await startTestPostgres({
    superuser: true,
    configured: (there) => {
      data = there;
      return Promise.resolve();
    },
  });
  const port = Number(server.address.split(':')[1]);
  const adminFile = path.join(parent, 'admin-url');
  await writeFile(adminFile, server.url);
  const cli = testCli({}, app.domains, undefined, { tables: () => tablesOf(app) });
  async function database(...args: string[]): Promise<void> {
    const { code, error } = await cli('database', ...args, '--admin-url-file', adminFile);
    if (code !== 0) throw new Error(error);
  }
  await database('init', folder, '--host', '127.0.0.1', '--port', String(port));

  /** The server reads its key only if it is its own user's, and nobody else may read it. */
  async function place(name: string, from: string): Promise<void> {
    const { uid, gid } = await stat(data);
    await copyFile(from, path.join(data, name));
    await chmod(path.join(data, name), 0o600);
    await chown(path.join(data, name), uid, gid);
  }
  async function use(files: Parameters<SecuredPostgres['use']>[0]): Promise<void> {
    await place('server.pem', files.certificate);
    await place('server-key.pem', files.key);
    if (files.clientAuthority !== undefined) await place('clients.pem', files.clientAuthority);
    const clients = files.clientAuthority === undefined ? '' : ' clientcert=verify-ca';
    await writeFile(
      path.join(data, 'pg_hba.conf'),
      `host all sagaline 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256${clients}\n`,
    );
    await sql(
      server.url,
      `alter system set ssl_ca_file = '${files.clientAuthority === undefined ? '' : 'clients.pem'}'`,
      `alter system set ssl_cert_file = 'server.pem'`,
      `alter system set ssl_key_file = 'server-key.pem'`,
      'alter system set ssl = on',
      'select pg_reload_conf()',
    );
  }
  const ownFiles = { certificate: path.join(folder, 'server.pem'), key: path.join(folder, 'server-key.pem') };
  await use(ownFiles);

  const at = (role: string, name: string) =>
    readFile(path.join(folder, role.replace(':', '-'), name), 'utf8');
  return {
    folder,
    port,
    adminUrl: server.url,
    settings: async (role) => parseEnv(await at(role, 'settings.env')) as Record<string, string>,
    urlOf: async (role) => (await at(role, 'database-url')).trim(),
    rotate: async () => {
      await database('rotate', folder);
      await use(ownFiles);
    },
    use,
    stop: async () => {
      await server.stop();
      await removeFolder(parent);
    },
  };
}
