// The three stores of a deployment, each of which can be backed up, lost and restored by the commands of docs/backup.md.
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../../src/config';
import type { Stack } from '../../../src/dev/stack';
import { freePorts, startStack } from '../../../src/dev/stack';
import { LOOPBACK } from '../../../src/dev/stack/ports';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { noRecord } from '../../support/no-record';
import { cached, goInstall } from '../../../scripts/go';
import { buildBinaries } from '../../../scripts/temporal-server/build';
import type { Cluster } from '../temporal-server/cluster';
import { startCluster } from '../temporal-server/cluster';
import { DATABASES } from '../../../scripts/temporal-server/node-config';
import { openPostgres } from './postgres';

export const STORES = ['database', 'streams', 'workflows'] as const;
export type Store = (typeof STORES)[number];

export interface Servers {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly cluster: Cluster;
  /** @returns when it was begun */
  backup(store: Store): Promise<Date>;
  /** Ends all servers, and deletes what they had. */
  loseAll(): Promise<void>;
  /** Starts the store's server, empty, and restores its latest backup. */
  restore(store: Store): Promise<void>;
  stop(): Promise<void>;
}

const NATS_CLI = '0.5.1';
/**
 * Dead letters before the events: a dead letter refers to its event by sequence, which another event would have if EVENTS were the
 * older one.
 */
const STREAMS = ['DEAD_LETTERS_OVERFLOW', 'DEAD_LETTERS', 'OPERATIONS', 'KV_POISON_DETECTION', 'EVENTS'];
/** The workflows before their list: a workflow that the list lacks would not be found. */
const TEMPORAL = [DATABASES.temporal, DATABASES.visibility];
const SAGALINE = 'sagaline';

export async function startServers(folder: string, log: (line: string) => void): Promise<Servers> {
  const binaries = await buildBinaries(log);
  const tools = await cached(`natscli-${NATS_CLI}`, (into) =>
    goInstall(`github.com/nats-io/natscli/nats@v${NATS_CLI}`, into, log),
  );
  const [port = 0, natsPort = 0] = await freePorts(2);
  const watchdog = startWatchdog(noRecord);
  const onUnexpectedExit = (server: string, detail: string) =>
    log(`${server} has ended by itself: ${detail}`);
  const supervision = { log, turn: 0, record: noRecord, watchdog, onUnexpectedExit };

  const postgres = await openPostgres(folder, port, supervision);
  await postgres.start();
  const startNats = () => startOnlyNats(path.join(folder, 'nats-home'), natsPort, log);
  let nats = await startNats();
  const cluster = await startCluster({ folder, size: 1, binaries, databaseUrl: postgres.url, log });
  const backups = path.join(folder, 'backups');
  await mkdir(backups);
  const natsUrl = `nats://${LOOPBACK}:${natsPort}`;
  const runNats = (...args: string[]) =>
    promisify(execFile)(path.join(tools, 'nats'), ['--server', natsUrl, ...args], { env: { HOME: folder } });

  const dump = async (name: string) => {
    const file = path.join(backups, `${name}.dump`);
    await postgres.client('pg_dump', ['--format=custom', `--file=${file}`, postgres.urlOf(name)]);
  };
  const load = async (name: string) => {
    const file = path.join(backups, `${name}.dump`);
    await postgres.client('pg_restore', [
      '--no-owner',
      '--exit-on-error',
      `--dbname=${postgres.urlOf(name)}`,
      file,
    ]);
  };
  const create = (name: string) =>
    postgres.client('psql', [postgres.urlOf('postgres'), '-c', `create database ${name}`]);

  const acts: Readonly<Record<Store, Readonly<Record<'backup' | 'restore', () => Promise<void>>>>> = {
    database: { backup: () => dump(SAGALINE), restore: () => load(SAGALINE) },
    workflows: {
      backup: async () => {
        for (const name of TEMPORAL) await dump(name);
      },
      restore: async () => {
        for (const name of TEMPORAL) {
          await create(name);
          await load(name);
        }
        for (const node of cluster.nodes) await node.start();
      },
    },
    streams: {
      backup: async () => {
        for (const stream of STREAMS)
          await runNats(
            'backup',
            'stream',
            stream,
            path.join(backups, stream),
            '--no-progress',
            '--consumers',
          );
      },
      restore: async () => {
        nats = await startNats();
        for (const stream of STREAMS)
          await runNats('backup', 'restore', 'stream', path.join(backups, stream), '--no-progress');
      },
    },
  };

  return {
    natsUrl,
    databaseUrl: postgres.url,
    cluster,
    backup: async (store) => {
      const begun = new Date();
      const old = store === 'streams' ? STREAMS.map((name) => path.join(backups, name)) : [];
      for (const each of old) await rm(each, { recursive: true, force: true });
      await acts[store].backup();
      return begun;
    },
    loseAll: async () => {
      for (const node of cluster.nodes) await node.stop();
      await nats.stop();
      await rm(path.join(folder, 'nats-home'), { recursive: true });
      await postgres.lose();
      // The server itself is no store: a new one stands ready, empty.
      await postgres.start();
    },
    restore: (store) => acts[store].restore(),
    stop: async () => {
      await cluster.stop();
      await nats.stop();
      await postgres.stop();
      await watchdog.close();
    },
  };
}

function startOnlyNats(dataDir: string, nats: number, log: (line: string) => void): Promise<Stack> {
  return startStack({
    dataDir,
    ports: { nats, temporal: 0, temporalUi: 0, temporalHttp: 0, temporalMetrics: 0, postgres: 0 },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external: { temporalAddress: 'not.started:1', databaseUrl: 'postgresql://not.started' },
    log,
    onUnexpectedExit: (server, detail) => log(`${server} has ended by itself: ${detail}`),
  });
}
