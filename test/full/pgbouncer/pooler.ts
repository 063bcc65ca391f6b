// PgBouncer in transaction mode in front of a PostgreSQL: Debian's own, installed when it is missing.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../../src/dev/stack';
import { findUnprivilegedUser, runningAsRoot } from '../../../src/dev/stack/unprivileged-user';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { noRecord } from '../../support/no-record';
import { sql } from '../../support/stack';
import { until } from '../../support/until';

const BINARY = '/usr/sbin/pgbouncer';
const run = promisify(execFile);

export interface Pooler {
  readonly url: string;
  stop(): Promise<void>;
}

/** Server connections: far fewer than all processes together ask for, so that they share them. */
const SERVER_CONNECTIONS = 8;

/** @param mode `transaction`, or `session` to compare with */
export async function startPooler(
  databaseUrl: string,
  mode: 'transaction' | 'session' = 'transaction',
): Promise<Pooler> {
  await install();
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-pgbouncer-'));
  await chmod(folder, 0o755);
  const { username, password, hostname, port: serverPort, pathname } = new URL(databaseUrl);
  await writeFile(path.join(folder, 'users.txt'), `"${username}" "${password}"\n`);
  const file = path.join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${path.join(folder, 'users.txt')}
pool_mode = ${mode}
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 500
`,
  );
  const user = runningAsRoot() ? findUnprivilegedUser() : undefined;
  const watchdog = startWatchdog(noRecord);
  const child = spawn(BINARY, ['-q', file], {
    stdio: 'ignore',
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  watchdog.guard(child.pid ?? 0, 'SIGTERM');
  const ended = once(child, 'exit');
  const url = `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`;
  await until('PgBouncer answers', () =>
    sql(url, 'select 1').then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await watchdog.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws Error where it is missing and this user may not install it */
async function install(): Promise<void> {
  const isThere = () =>
    run(BINARY, ['--version']).then(
      () => true,
      () => false,
    );
  if (await isThere()) return;
  if (!runningAsRoot()) throw new Error('pgbouncer is not installed: sudo apt-get install pgbouncer');
  await run('apt-get', ['update', '-q']);
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'pgbouncer']);
  if (!(await isThere())) throw new Error(`${BINARY} is missing after apt-get install pgbouncer`);
}
