import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { ownStackSettings } from '../../../demo/local-settings';
import type { Database } from '../../../src/adapters/postgres';
import { connectDatabase } from '../../../src/adapters/postgres';
import { createTemporalClient } from '../../../src/adapters/temporal';
import { environment } from '../../../src/config';
import { freePorts, startStack } from '../../../src/dev/stack';
import type { ServerProcess } from '../../../src/dev/stack/child';
import { startServer } from '../../../src/dev/stack/child';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { silentLog } from '../../support/log';
import { FROM_SOURCES } from '../../support/quick-start';
import { removeFolder } from '../../../src/files/remove-folder';

/** Roles of the shop as processes, on their own servers (`DATABASE_URL` names another PostgreSQL): for tests that pause one, or start a second. */
export interface ShopProcesses {
  readonly database: Database;
  readonly databaseUrl: string;
  /** Of all roles. */
  readonly settings: Readonly<Record<string, string>>;
  readonly temporal: Client;
  readonly temporalAddress: string;
  readonly sandboxUrl: string;
  /** Resolves when the role is ready. */
  start(role: string, settings?: Readonly<Record<string, string>>): Promise<RoleProcess>;
  /** Ends all processes, including those that are paused. */
  stop(): Promise<void>;
}

export interface RoleProcess {
  /** What Temporal's client calls this process in a history. */
  readonly identity: string;
  /** Where it serves health and metrics. */
  readonly health: string;
  /** Sends SIGSTOP: the process is paused, with all its connections, and does not notice it. */
  halt(): void;
  /** Sends SIGCONT: the process continues where it was. */
  goOn(): void;
  /** Its output, including that of the servers' libraries. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

const ROOT = path.resolve(__dirname, '../../..');
const POOL_SIZE = 4;

export async function startShopProcesses(settings: Readonly<Record<string, string>>): Promise<ShopProcesses> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-processes-'));
  const own: Record<string, string> = { ...(await ownStackSettings(folder)), ...settings };
  const env = { PATH: environment()['PATH'] ?? '', ...own };
  const port = (name: string) => Number(own[`${name}_PORT`]);
  const stack = await startStack({
    dataDir: folder,
    ports: {
      nats: port('NATS'),
      temporal: port('TEMPORAL'),
      temporalUi: port('TEMPORAL_UI'),
      temporalHttp: port('TEMPORAL_HTTP'),
      temporalMetrics: port('TEMPORAL_METRICS'),
      postgres: port('POSTGRES'),
    },
    namespace: 'default',
    searchPath: env.PATH,
    external: settings['DATABASE_URL'] === undefined ? {} : { databaseUrl: settings['DATABASE_URL'] },
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  const stopStack = async () => {
    await stack.stop();
    await removeFolder(folder);
  };
  try {
    await promisify(execFile)(process.execPath, commandOf('provision'), { cwd: ROOT, env });
  } catch (error) {
    await stopStack();
    throw error;
  }

  const watchdog = startWatchdog(stack.record);
  const { databaseUrl, temporalAddress } = stack;
  const database = connectDatabase({ url: databaseUrl, poolSize: POOL_SIZE, name: 'test', log: silentLog });
  const temporal = createTemporalClient({ address: temporalAddress, namespace: 'default' });
  const up = new Set<RoleProcess>();
  let started = 0;

  async function start(name: string, more: Readonly<Record<string, string>> = {}): Promise<RoleProcess> {
    const [healthPort = 0] = await freePorts(1);
    const logFile = path.join(folder, 'logs', `${name.replace(':', '-')}-${++started}.log`);
    const server = await startServer(
      {
        name,
        command: process.execPath,
        args: commandOf('run', name),
        env: { ...env, ...more, HEALTH_PORT: String(healthPort) },
        cwd: ROOT,
        logFile,
        stopSignal: 'SIGTERM',
        ready: async () => {
          const { ok, status } = await fetch(`http://127.0.0.1:${healthPort}/readyz`);
          if (!ok) throw new Error(`not ready yet: ${status}`);
        },
      },
      { log: () => undefined, turn: 0, record: stack.record, watchdog, onUnexpectedExit: () => undefined },
    );
    const health = `http://127.0.0.1:${healthPort}`;
    const role = roleProcess(server, { health, logFile }, () => void up.delete(role));
    up.add(role);
    return role;
  }

  return {
    database,
    databaseUrl,
    settings: own,
    temporal,
    temporalAddress,
    sandboxUrl: `http://127.0.0.1:${port('SANDBOX')}`,
    start,
    stop: async () => {
      await Promise.all([...up].map((each) => each.stop()));
      await database.end();
      await temporal.connection.close();
      await watchdog.close();
      await stopStack();
    },
  };
}

function roleProcess(
  server: ServerProcess,
  { health, logFile }: { readonly health: string; readonly logFile: string },
  ended: () => void,
): RoleProcess {
  const { pid } = server;
  return {
    ...{ identity: `${pid}@${hostname()}`, health },
    halt: () => void process.kill(pid, 'SIGSTOP'),
    goOn: () => void process.kill(pid, 'SIGCONT'),
    log: () => readFile(logFile, 'utf8'),
    stop: async () => {
      // A paused process does not receive the signal that ends it.
      process.kill(pid, 'SIGCONT');
      await server.stop();
      ended();
    },
  };
}

function commandOf(...words: string[]): string[] {
  return [...FROM_SOURCES, path.join('bin', 'sagaline.mjs'), ...words];
}
