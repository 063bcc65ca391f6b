// PostgreSQL servers for one test, for what must not happen to the server that all tests share.
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../src/config';
import type { Stack } from '../../src/dev/stack';
import { freePorts, startStack } from '../../src/dev/stack';
import { asSuperuser } from '../../src/dev/stack/postgres';
import { placePostgres } from '../../src/dev/stack/postgres-files';
import { sql } from './stack';
import { removeFolder } from '../../src/files/remove-folder';

export interface TestPostgres {
  readonly url: string;
  /** `host:port` */
  readonly address: string;
  /** Stops the server and keeps its data. */
  halt(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param options.superuser makes the server's user a superuser, as an administrator is
 * @param options.configured gets the data folder before the server starts again, for its configuration
 */
export async function startTestPostgres({
  superuser = false,
  configured,
}: {
  superuser?: boolean;
  configured?: (data: string) => Promise<void>;
} = {}): Promise<TestPostgres> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sagaline-postgres-'));
  const server = await launch(dataDir);
  if (!superuser) return server;
  await server.halt();
  const files = await placePostgres({ dataDir, log: () => undefined });
  const data = path.join(files.home, 'data');
  await asSuperuser(files, data, 'alter role sagaline superuser');
  await configured?.(data);
  await server.start();
  return server;
}

/**
 * A hot standby that streams from `primary`. It is a copy of the primary's files, for which the primary is stopped: the embedded
 * binaries have no `pg_basebackup`.
 */
export async function startStandby(primary: TestPostgres): Promise<TestPostgres> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sagaline-standby-'));
  await primary.halt();
  await mkdir(path.join(dataDir, 'postgres'));
  const data = path.join(dataDir, 'postgres', 'data');
  // The copy keeps the owner of the files, who is the user that runs PostgreSQL.
  await promisify(execFile)('cp', ['-a', path.join(folderOf(primary), 'postgres', 'data'), data]);
  await writeFile(path.join(data, 'standby.signal'), '');
  await appendFile(path.join(data, 'postgresql.auto.conf'), `\nprimary_conninfo = '${primary.url}'\n`);
  await primary.start();
  return launch(dataDir);
}

const folders = new WeakMap<TestPostgres, string>();

function folderOf(server: TestPostgres): string {
  return folders.get(server) ?? '';
}

async function launch(dataDir: string): Promise<TestPostgres> {
  const [port = 0] = await freePorts(1);
  let stack: Stack | undefined;
  const start = async () => {
    stack = await startStack({
      dataDir,
      ports: { nats: 0, temporal: 0, temporalUi: 0, temporalHttp: 0, temporalMetrics: 0, postgres: port },
      namespace: 'default',
      searchPath: environment()['PATH'],
      external: { temporalAddress: 'not.started:1', natsUrl: 'nats://not.started' },
      log: () => undefined,
      onUnexpectedExit: () => undefined,
    });
  };
  await start();
  const server: TestPostgres = {
    url: stack?.databaseUrl ?? '',
    address: `127.0.0.1:${port}`,
    halt: async () => stack?.stop(),
    start,
    stop: async () => {
      await stack?.stop();
      await removeFolder(dataDir);
    },
  };
  folders.set(server, dataDir);
  return server;
}

/** Applies the setting to all sessions of a running server. */
export async function setForAll(server: TestPostgres, setting: string, value: string): Promise<void> {
  await sql(server.url, `alter system set ${setting} = ${value}`, 'select pg_reload_conf()');
}
