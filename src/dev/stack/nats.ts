// NATS with JetStream on a folder, for one machine.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'nats';
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
  await writeFile(configFile, configuration(options, join(home, 'jetstream')));

  const url = `nats://${LOOPBACK}:${options.port}`;
  const server = await startServer(
    {
      name: 'NATS',
      command: options.binary,
      args: ['-c', configFile],
      env: {},
      cwd: home,
      logFile: join(options.dataDir, 'logs', 'nats.log'),
      stopSignal: 'SIGTERM',
      ready: () => jetStreamAnswers(url),
    },
    options,
  );
  return { url, ...server };
}

// A single server keeps the default `sync_interval` of two minutes: acknowledged messages are then in the system's page cache,
// which survives a kill of NATS but not a power cut. Production syncs each message and has three replicas; so does a cluster
// here.
function configuration({ port, monitorPort, cluster }: NatsOptions, storeDir: string): string {
  return `server_name: ${cluster?.node ?? 'sagaline-local'}
listen: "${LOOPBACK}:${port}"
${monitorPort === undefined ? '' : `http: "${LOOPBACK}:${monitorPort}"`}
max_payload: ${MAX_PAYLOAD_BYTES}
jetstream { store_dir: ${JSON.stringify(storeDir)}${cluster ? ', sync_interval: always' : ''} }
${cluster ? clusterBlock(cluster) : ''}`;
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

async function jetStreamAnswers(url: string): Promise<void> {
  const connection = await connect({ servers: url, reconnect: false, timeout: 1_000 });
  try {
    const manager = await connection.jetstreamManager({ timeout: 1_000 });
    await manager.getAccountInfo();
  } finally {
    await connection.close();
  }
}
