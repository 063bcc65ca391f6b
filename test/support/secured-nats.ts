import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { NatsConnection } from 'nats';
import type { NatsRole } from '../../src/adapters/nats';
import { connectNats, natsRole } from '../../src/adapters/nats';
import { environment, readConfig } from '../../src/config';
import type { Domain } from '../../src/contracts';
import { findServer, freePorts } from '../../src/dev/stack';
import { startWatchdog } from '../../src/dev/stack/watchdog';
import { testCli } from './cli';
import { silentLog } from './log';
import { noRecord } from './no-record';
import { until } from './until';
import { removeFolder } from '../../src/files/remove-folder';

/** A NATS server with the keys and the configuration that `sagaline keys init` makes for a project. */
export interface SecuredNats {
  readonly folder: string;
  readonly port: number;
  /** The settings of a role's process, as they are in its folder. */
  settings(role: NatsRole): Promise<Record<string, string>>;
  /** Connects as a role, as its process does. */
  open(role: NatsRole): Promise<NatsConnection>;
  /** Runs a verb of `sagaline keys` on the folder. */
  keys(verb: string): Promise<void>;
  /** Makes the server read its configuration again. */
  reload(): void;
  /**
   * Waits until no files of deleted streams are left. nats-server 2.15 moves the folder of a deleted stream to one with a
   * dot and removes that later; meanwhile it cannot delete, or make, a stream of this name.
   */
  untilRemoved(): Promise<void>;
  stop(): Promise<void>;
}

/** @param weakened changes the folder before the server starts, so that a test can see what a control prevents */
export async function startSecuredNats(
  domains: readonly Domain[],
  { weakened }: { readonly weakened?: (folder: string) => Promise<void> } = {},
): Promise<SecuredNats> {
  const [port = 0] = await freePorts(1);
  const parent = await mkdtemp(path.join(tmpdir(), 'sagaline-secured-'));
  const folder = path.join(parent, 'keys');
  const cli = testCli({}, domains);
  async function keys(...args: string[]): Promise<void> {
    const { code, error } = await cli('keys', ...args);
    if (code !== 0) throw new Error(error);
  }
  await keys('init', folder, '--host', '127.0.0.1', '--port', String(port));
  await weakened?.(folder);

  const watchdog = startWatchdog(noRecord);
  const child = spawn(
    findServer('nats-server', environment()['PATH']),
    ['-c', path.join(folder, 'nats-server.conf'), '-a', '127.0.0.1', '-p', String(port)],
    // The configuration has a relative folder for the streams.
    { cwd: parent, stdio: 'ignore' },
  );
  watchdog.guard(child.pid ?? 0, 'SIGTERM');
  const ended = once(child, 'exit');

  const settings = async (role: NatsRole) =>
    parseEnv(await readFile(path.join(folder, role, 'settings.env'), 'utf8')) as Record<string, string>;
  const connections: NatsConnection[] = [];
  async function open(role: NatsRole): Promise<NatsConnection> {
    const { nats } = readConfig(await settings(role), { providers: [] });
    // It waits for the server, as the role does.
    const connection = await connectNats({ ...nats, ...natsRole(role), log: silentLog });
    connections.push(connection);
    return connection;
  }
  await open('provision');
  return {
    folder,
    port,
    settings,
    open,
    keys: (verb) => keys(verb, folder),
    reload: () => void child.kill('SIGHUP'),
    untilRemoved: async () => {
      await until('the files of deleted streams are removed', async () => {
        const found = await namesBelow(parent);
        return found !== undefined && !found.some((name) => path.basename(name).startsWith('.'));
      });
    },
    stop: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      child.kill('SIGTERM');
      await ended;
      await watchdog.close();
      await removeFolder(parent);
    },
  };
}

/** The names of all files and folders below one; undefined while something there is being removed. */
function namesBelow(folder: string): Promise<readonly string[] | undefined> {
  return readdir(folder, { recursive: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** All users in one account, with the same permissions, and none of what else protects the streams. */
export async function inOneAccount(folder: string): Promise<void> {
  const change = async (name: string, changed: (text: string) => string) => {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, changed(text));
  };
  await change('users.conf', (text) => {
    const users = [...text.matchAll(/^ {2}users: \[\n(.*?)^ {2}\]\n/gms)].map(([, of = '']) => of);
    return `SAGALINE {\n  jetstream: enabled\n  users: [\n${users.join('')}  ]\n}\n`;
  });
  await change('nats-server.conf', (text) =>
    text.replace('strict: true', 'strict: false').replace(/^ {2}\$SYS \{.*?^ {2}\}\n/ms, ''),
  );
}
