/** A Temporal cluster of real server nodes on one PostgreSQL, behind a load balancer, with the UI beside it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { freePorts, startStack } from '../../../src/dev/stack';
import type { Supervision } from '../../../src/dev/stack/child';
import { startServer } from '../../../src/dev/stack/child';
import { isListening, LOOPBACK } from '../../../src/dev/stack/ports';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import type { Killable } from '../../support/killable';
import { startKillable } from '../../support/killable';
import { noRecord } from '../../support/no-record';
import { until } from '../../support/until';
import type { Binaries } from './build';
import { startLoadBalancer } from './load-balancer';
import type { NodePorts } from './node-config';
import { nodeConfig, nodePorts } from './node-config';
import { createSchemas } from './schema';
import { startUi } from './ui';

export interface Cluster {
  /** Of the balancer: the only one that clients get. */
  readonly address: string;
  /** Sagaline's own database, on the PostgreSQL that Temporal uses too. */
  readonly databaseUrl: string;
  readonly uiUrl: string;
  readonly nodes: readonly Node[];
  stop(): Promise<void>;
}

export interface Node extends Killable {
  readonly name: string;
  readonly logFile: string;
  /** The node's counters, as Prometheus reads them; empty when it does not answer. */
  metrics(): Promise<string>;
}

export const NAMESPACE = 'default';
const RETENTION = msToTs('3 days');
/** The frontend answers before the other services have found each other. */
const NAMESPACE_WITHIN_MS = 60_000;
const CALL_MS = 5_000;

export async function startCluster(options: {
  readonly folder: string;
  readonly size: number;
  readonly binaries: Binaries;
  /** A PostgreSQL that the caller starts and ends. Default: one of the cluster's own */
  readonly databaseUrl?: string;
  readonly log: (line: string) => void;
}): Promise<Cluster> {
  const { folder, size, binaries, log } = options;
  const watchdog = startWatchdog(noRecord);
  const closing: (() => Promise<void>)[] = [() => watchdog.close()];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  const tellOfExit = (server: string, detail: string) => log(`${server} has ended by itself: ${detail}`);
  const supervision = { log, turn: 0, record: noRecord, watchdog, onUnexpectedExit: tellOfExit };

  const ownPostgres = async () => {
    const postgres = await startPostgres(folder, supervision);
    closing.push(() => postgres.stop());
    return postgres.databaseUrl;
  };

  try {
    const databaseUrl = options.databaseUrl ?? (await ownPostgres());
    await createSchemas(binaries.sqlTool, databaseUrl);

    const [port = 0, uiPort = 0] = await freePorts(2);
    const ports = await Promise.all(Array.from({ length: size }, nodePorts));
    const balancer = await startLoadBalancer(
      port,
      ports.map(({ frontend }) => frontend.grpcPort),
    );
    closing.push(() => balancer.stop());

    const nodes: Node[] = [];
    for (const [index, own] of ports.entries()) {
      const home = path.join(folder, `node-${index + 1}`);
      const config = nodeConfig({ ports: own, databaseUrl, clusterPort: port });
      const node = await startNode({ home, config, ports: own, server: binaries.server }, supervision);
      nodes.push(node);
      closing.push(() => node.stop());
    }
    const address = `${LOOPBACK}:${port}`;
    await createNamespace(address);
    const ui = await startUi({ folder, binary: binaries.ui, port: uiPort, address }, supervision);
    closing.push(() => ui.stop());
    return { address, databaseUrl, uiUrl: ui.url, nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPostgres(folder: string, { log, onUnexpectedExit }: Supervision) {
  const [postgres = 0] = await freePorts(1);
  return startStack({
    dataDir: folder,
    ports: { nats: 0, temporal: 0, temporalUi: 0, temporalHttp: 0, temporalMetrics: 0, postgres },
    namespace: NAMESPACE,
    searchPath: undefined,
    external: { natsUrl: 'nats://not.started', temporalAddress: 'not.started:0' },
    log,
    onUnexpectedExit,
  });
}

async function startNode(
  spec: {
    readonly home: string;
    readonly config: string;
    readonly ports: NodePorts;
    readonly server: string;
  },
  supervision: Supervision,
): Promise<Node> {
  const { home, config, ports, server } = spec;
  const name = path.basename(home);
  const configFile = path.join(home, 'config.yaml');
  const logFile = path.join(home, 'server.log');
  await mkdir(home, { recursive: true });
  await writeFile(configFile, config);

  const killable = await startKillable(
    (onUnexpectedExit) =>
      startServer(
        {
          name,
          command: server,
          args: ['--config-file', configFile, '--allow-no-auth', 'start'],
          env: { HOME: home },
          cwd: home,
          logFile,
          stopSignal: 'SIGTERM',
          ready: () => answers(ports.frontend.grpcPort),
        },
        { ...supervision, onUnexpectedExit },
      ),
    supervision.onUnexpectedExit,
  );
  return {
    ...killable,
    name,
    logFile,
    metrics: async () => {
      const answer = await fetch(`http://${LOOPBACK}:${ports.metrics}/metrics`).catch(() => undefined);
      return (await answer?.text()) ?? '';
    },
  };
}

async function answers(port: number): Promise<void> {
  // A gRPC channel opened too early waits a second before it tries again; asking for the port first costs nothing.
  if (!(await isListening(port))) throw new Error(`nothing listens on ${port} yet`);
  const connection = await Connection.connect({
    address: `${LOOPBACK}:${port}`,
    connectTimeout: CALL_MS,
  });
  await connection.close();
}

async function createNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: CALL_MS });
  const { workflowService } = connection;
  try {
    await until(
      'the namespace',
      async () => {
        try {
          await workflowService.registerNamespace({
            namespace: NAMESPACE,
            workflowExecutionRetentionPeriod: RETENTION,
          });
        } catch {
          // Not up yet; or registered by a try whose answer was lost, which the next question tells.
        }
        return workflowService.describeNamespace({ namespace: NAMESPACE }).catch(() => undefined);
      },
      NAMESPACE_WITHIN_MS,
    );
  } finally {
    await connection.close();
  }
}
