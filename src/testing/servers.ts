import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNats, provisionStreams } from '../adapters/nats';
import { createTemporalClient, registerSearchAttributes } from '../adapters/temporal';
import { environment } from '../config';
import type { Log } from '../contracts';
import { freePorts, startStack } from '../dev/stack';
import type { LoadedApp } from '../runtime/app';
import { migrationsOf } from '../runtime/migrations';
import { migration } from './lazy';
import { removeFolder } from '../files/remove-folder';

/** A server that {@link startTestServers} can start. */
export type TestServerName = 'nats' | 'temporal' | 'postgres';

/** Which servers to start, and what to create in them. */
export interface TestServersOptions {
  /** Default: all three. */
  readonly only?: readonly TestServerName[];
  /** The project whose tables are created, beside the engine's: `loadApp(folder)`. */
  readonly app?: Pick<LoadedApp, 'root' | 'migrations'>;
  /** Whether to create the streams, the tables and the search attributes. Default: `true`. */
  readonly provisioned?: boolean;
}

/** Addresses of the servers of a test run. Nothing listens at the address of a server that was not started. */
export interface TestServers {
  readonly natsUrl: string;
  readonly temporalAddress: string;
  readonly databaseUrl: string;
  /** Where Temporal serves its own metrics. */
  readonly temporalMetricsUrl: string;
  /** Process ids by server. */
  readonly pids: Readonly<Partial<Record<TestServerName, number>>>;
  /** Ends the servers and deletes their data. */
  stop(): Promise<void>;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NAMESPACE = 'default';
const STREAM_BYTES = 64 * 1024 * 1024;
const NOBODY = {
  nats: 'nats://not.started',
  temporal: 'not.started:1',
  postgres: 'postgresql://not.started',
} as const satisfies Readonly<Record<TestServerName, string>>;
const ALL: readonly TestServerName[] = ['nats', 'temporal', 'postgres'];

/**
 * Starts real servers for tests, on free loopback ports and with their data in a folder of their own: Temporal's development
 * server, PostgreSQL, NATS. A server that ends by itself fails the process. Call it in a `globalSetup`, or with
 * `provisioned: false`: the code that creates the tables is an ES module, which jest does not load in test files.
 *
 * @example
 * // test/setup.ts, the `globalSetup` of jest.config.cjs
 * let servers: TestServers;
 * export default async () => {
 *   servers = await startTestServers({ app: loadApp(path.resolve(__dirname, '..')) });
 *   handOver('servers', { databaseUrl: servers.databaseUrl, temporalAddress: servers.temporalAddress });
 * };
 * export const teardown = () => servers.stop();
 */
export async function startTestServers({
  only = ALL,
  app,
  provisioned = true,
}: TestServersOptions = {}): Promise<TestServers> {
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-test-'));
  let stopping = false;
  const stack = await startStack({
    dataDir: folder,
    ports: { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres },
    namespace: NAMESPACE,
    searchPath: environment()['PATH'],
    external: {
      ...(!only.includes('nats') && { natsUrl: NOBODY.nats }),
      ...(!only.includes('temporal') && { temporalAddress: NOBODY.temporal }),
      ...(!only.includes('postgres') && { databaseUrl: NOBODY.postgres }),
    },
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: (server, detail) => {
      if (!stopping) throw new Error(`${server} ended during the tests: ${detail}`);
    },
  });
  const stop = async () => {
    stopping = true;
    await stack.stop();
    await removeFolder(folder);
  };
  const { natsUrl, temporalAddress, databaseUrl, pids } = stack;
  const servers = {
    natsUrl,
    temporalAddress,
    databaseUrl,
    temporalMetricsUrl: `http://127.0.0.1:${temporalMetrics}/metrics`,
    pids,
    stop,
  };
  try {
    if (provisioned) await provision(servers, only, app);
  } catch (error) {
    await stop();
    throw error;
  }
  return servers;
}

async function provision(
  { natsUrl, temporalAddress, databaseUrl }: TestServers,
  only: readonly TestServerName[],
  app: TestServersOptions['app'],
): Promise<void> {
  if (only.includes('postgres'))
    await migration().migrate(databaseUrl, migrationsOf(app ?? { root: '' }), silent);
  if (only.includes('temporal')) {
    const client = createTemporalClient({ address: temporalAddress, namespace: NAMESPACE });
    await registerSearchAttributes(client);
    await client.connection.close();
  }
  if (only.includes('nats')) {
    const connection = await connectNats({ url: natsUrl, name: 'test-servers', log: silent });
    await provisionStreams(connection, { replicas: 1, maxBytes: STREAM_BYTES });
    await connection.close();
  }
}
