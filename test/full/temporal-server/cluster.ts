/** A Temporal cluster of real server nodes on one PostgreSQL, behind a load balancer, with the UI beside it. */
import path from 'node:path';
import type { Binaries } from '../../../scripts/temporal-server/build';
import { createNamespace } from '../../../scripts/temporal-server/namespace';
import type { NodeSettings } from '../../../scripts/temporal-server/node';
import { startNode } from '../../../scripts/temporal-server/node';
import { nodePorts } from '../../../scripts/temporal-server/node-config';
import { startPostgres } from '../../../scripts/temporal-server/postgres';
import { createSchemas } from '../../../scripts/temporal-server/schema';
import { freePorts } from '../../../src/dev/stack';
import type { Supervision } from '../../../src/dev/stack/child';
import { LOOPBACK } from '../../../src/dev/stack/ports';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import type { Killable } from '../../support/killable';
import { startKillable } from '../../support/killable';
import { noRecord } from '../../support/no-record';
import { startLoadBalancer } from './load-balancer';
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
      const settings = { home, ports: own, databaseUrl, clusterPort: port, server: binaries.server };
      const node = await startKillableNode(settings, supervision);
      nodes.push(node);
      closing.push(() => node.stop());
    }
    const address = `${LOOPBACK}:${port}`;
    await createNamespace(address, NAMESPACE);
    const ui = await startUi({ folder, binary: binaries.ui, port: uiPort, address }, supervision);
    closing.push(() => ui.stop());
    return { address, databaseUrl, uiUrl: ui.url, nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startKillableNode(settings: NodeSettings, supervision: Supervision): Promise<Node> {
  const { home, ports } = settings;
  const killable = await startKillable(
    (onUnexpectedExit) => startNode(settings, { ...supervision, onUnexpectedExit }),
    supervision.onUnexpectedExit,
  );
  return {
    ...killable,
    name: path.basename(home),
    logFile: path.join(home, 'server.log'),
    metrics: async () => {
      const answer = await fetch(`http://${LOOPBACK}:${ports.metrics}/metrics`).catch(() => undefined);
      return (await answer?.text()) ?? '';
    },
  };
}
