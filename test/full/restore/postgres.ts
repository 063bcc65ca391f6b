// PostgreSQL with the programs that an operator backs it up with, from Debian's packages: the server of the local stack has none.
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { ServerProcess, Supervision } from '../../../src/dev/stack/child';
import { startServer } from '../../../src/dev/stack/child';
import { LOOPBACK } from '../../../src/dev/stack/ports';
import { findUnprivilegedUser, runningAsRoot } from '../../../src/dev/stack/unprivileged-user';
import { debianPackage } from '../debian';

/** Of Debian 12. `pg_dump` takes servers of its own version or older. */
const VERSION = '15';
const USER = 'sagaline';
const PASSWORD = 'sagaline';
/** Sagaline's roles and the Temporal server have pools of their own. */
const MAX_CONNECTIONS = '200';

export interface DrillPostgres {
  readonly url: string;
  /** The same server, another database. */
  urlOf(database: string): string;
  /** Runs `pg_dump` or another client program; rejects with its own message. */
  client(program: string, args: readonly string[]): Promise<void>;
  /** Ends the server and deletes everything that it had. */
  lose(): Promise<void>;
  /** An empty server, with the user and Sagaline's empty database. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function openPostgres(
  folder: string,
  port: number,
  supervision: Supervision,
): Promise<DrillPostgres> {
  const debian = await debianPackage(`postgresql-${VERSION}`, `postgresql-client-${VERSION}`, 'libpq5');
  const bin = path.join(debian.root, 'usr/lib/postgresql', VERSION, 'bin');
  const env = {
    ...{ LC_ALL: 'C', PATH: '/usr/bin:/bin', PGPASSWORD: PASSWORD },
    LD_LIBRARY_PATH: path.join(debian.root, 'usr/lib/x86_64-linux-gnu'),
  };
  const user = runningAsRoot() ? findUnprivilegedUser() : undefined;
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  const data = path.join(folder, 'postgres');
  const urlOf = (database: string) => `postgresql://${USER}:${PASSWORD}@${LOOPBACK}:${port}/${database}`;
  // PostgreSQL's own user reads the programs and enters its data.
  await Promise.all([folder, debian.root].map((each) => chmod(each, 0o755)));

  let server: ServerProcess | undefined;
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  const start = async () => {
    const password = path.join(folder, 'postgres.password');
    await writeFile(password, PASSWORD);
    await mkdir(data, { mode: 0o700 });
    if (user) await Promise.all([data, password].map((each) => chown(each, user.uid, user.gid)));
    const init = ['-D', data, '-U', USER, '--pwfile', password, '--auth', 'scram-sha-256'];
    const locale = ['--encoding', 'UTF8', '--locale', 'C.UTF-8'];
    await promisify(execFile)(path.join(bin, 'initdb'), [...init, ...locale], { cwd: data, env, ...as });
    server = await startServer(
      {
        name: 'PostgreSQL',
        command: path.join(bin, 'postgres'),
        args: [
          '-D',
          data,
          '-h',
          LOOPBACK,
          '-p',
          String(port),
          '-k',
          '',
          '-c',
          `max_connections=${MAX_CONNECTIONS}`,
        ],
        env,
        cwd: data,
        ...(user && { user: as as { uid: number; gid: number } }),
        logFile: path.join(folder, 'logs', 'postgres.log'),
        stopSignal: 'SIGINT',
        ready: () => query(urlOf('postgres'), 'select 1'),
      },
      supervision,
    );
    await query(urlOf('postgres'), `create database ${USER}`);
  };
  return {
    url: urlOf(USER),
    urlOf,
    start,
    lose: async () => {
      await stop();
      await rm(data, { recursive: true });
    },
    stop: async () => {
      await stop();
      await debian.remove();
    },
    client: async (program, args) => {
      await promisify(execFile)(path.join(bin, program), [...args], { env });
    },
  };
}

async function query(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
