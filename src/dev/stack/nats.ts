// NATS with JetStream on a folder, for one machine.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { connect } from 'nats';
import type { NatsSettings, ServerFiles } from '../../adapters/nats';
import { connectNats, natsRole, securedBlocks } from '../../adapters/nats';
import { startServer, type ServerProcess, type Supervision } from './child';
import { LOOPBACK } from './ports';

export interface NatsOptions extends Supervision {
  binary: string;
  dataDir: string;
  port: number;
  /** The HTTP port of NATS's own monitoring. Default: no monitoring */
  monitorPort?: number | undefined;
  /** Makes the server a node of a cluster. Default: a single server */
  cluster?: NatsCluster | undefined;
  /** Default: anyone who reaches the port may do everything, in plain text. */
  secured?: SecuredNats | undefined;
}

/** TLS and users for the server, and a user as whom the start asks whether the server answers. */
export interface SecuredNats {
  files: ServerFiles;
  asker: Omit<NatsSettings, 'url'>;
}

export interface NatsCluster {
  /** Name of this node, unique in the cluster. */
  node: string;
  /** Port on which this node listens for the other nodes. */
  port: number;
  /** These ports of all nodes. */
  routes: readonly number[];
}

// NATS's own default, set explicitly because the streams' `max_msg_size` is derived from it.
const MAX_PAYLOAD_BYTES = 1_048_576;

/**
 * Starts NATS. It is ready when JetStream answers and the streams are recovered; in a cluster, as soon as a majority of the nodes
 * runs.
 */
export async function startNats(options: NatsOptions): Promise<ServerProcess & { url: string }> {
  const home = join(options.dataDir, 'nats');
  const configFile = join(home, 'nats-server.conf');
  await mkdir(home, { recursive: true });
  await writeFile(configFile, configuration(options, home));

  const { secured } = options;
  const url = `${secured ? 'tls' : 'nats'}://${LOOPBACK}:${options.port}`;
  const server = await startServer(
    {
      name: 'NATS',
      command: options.binary,
      args: ['-c', configFile],
      env: {},
      cwd: home,
      logFile: join(options.dataDir, 'logs', 'nats.log'),
      stopSignal: 'SIGTERM',
      ready: () => (secured ? securedJetStreamAnswers({ ...secured.asker, url }) : jetStreamAnswers(url)),
    },
    options,
  );
  return { url, ...server };
}

// A single server keeps the default `sync_interval` of two minutes: acknowledged messages are then in the system's page cache,
// which survives a kill of NATS but not a power cut. Production syncs each message and has three replicas; so does a cluster
// here.
function configuration({ port, monitorPort, cluster, secured }: NatsOptions, home: string): string {
  const storeDir = join(home, 'jetstream');
  return `server_name: ${cluster?.node ?? 'sagaline-local'}
listen: "${LOOPBACK}:${port}"
${monitorPort === undefined ? '' : `http: "${LOOPBACK}:${monitorPort}"`}
max_payload: ${MAX_PAYLOAD_BYTES}
jetstream { store_dir: ${JSON.stringify(storeDir)}${cluster ? ', sync_interval: always' : ''} }
${cluster ? clusterBlock(cluster) : ''}${secured ? securedBlocks(filesFor(home, secured.files)) : ''}`;
}

// The server takes an included file relative to its configuration, even where the path is absolute.
function filesFor(home: string, files: ServerFiles): ServerFiles {
  return { ...files, users: relative(home, files.users) };
}

// Not advertised: clients keep the addresses that they were given, which may be those of proxies.
function clusterBlock({ port, routes }: NatsCluster): string {
  return `cluster {
  name: sagaline-local
  listen: "${LOOPBACK}:${port}"
  no_advertise: true
  routes: [${routes.map((route) => `"nats://${LOOPBACK}:${route}"`).join(', ')}]
}
`;
}

const ANSWER_WITHIN_MS = 1_000;

async function jetStreamAnswers(url: string): Promise<void> {
  const connection = await connect({ servers: url, reconnect: false, timeout: ANSWER_WITHIN_MS });
  try {
    const manager = await connection.jetstreamManager({ timeout: ANSWER_WITHIN_MS });
    await manager.getAccountInfo();
  } finally {
    await connection.close();
  }
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function securedJetStreamAnswers(settings: NatsSettings): Promise<void> {
  const connection = await connectNats({ ...settings, ...natsRole('provision'), log: silent, orFail: true });
  try {
    const manager = await connection.jetstreamManager({ timeout: ANSWER_WITHIN_MS });
    await manager.getAccountInfo();
  } finally {
    await connection.close();
  }
}
