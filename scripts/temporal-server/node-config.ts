// The configuration file of one server node: all four services, on PostgreSQL, on ports of its own.
import { freePorts } from '../../src/dev/stack';
import { LOOPBACK } from '../../src/dev/stack/ports';

/** Ports of one service. `freePorts` stays below 32768: PostgreSQL's table of members has a SMALLINT for them. */
interface ServicePorts {
  readonly grpcPort: number;
  readonly membershipPort: number;
}

const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;
type Service = (typeof SERVICES)[number];

export interface NodePorts extends Record<Service, ServicePorts> {
  readonly metrics: number;
}

export async function nodePorts(): Promise<NodePorts> {
  const free = await freePorts(2 * SERVICES.length + 1);
  const next = () => free.pop() ?? 0;
  const services = SERVICES.map((name) => [name, { grpcPort: next(), membershipPort: next() }] as const);
  return { ...(Object.fromEntries(services) as Record<Service, ServicePorts>), metrics: next() };
}

/** The number is for the life of a cluster; each is owned by one node at a time. 64 spread well over two or three. */
const HISTORY_SHARDS = 64;

/** Connections of one service. Eight services on two nodes and Sagaline's processes share PostgreSQL's 200. */
const CONNECTIONS = 12;
const VISIBILITY_CONNECTIONS = 3;

export const DATABASES = { temporal: 'temporal', visibility: 'temporal_visibility' } as const;

/** The file's text: JSON, which is YAML as well. */
export function nodeConfig({
  ports,
  databaseUrl,
  clusterPort,
}: {
  readonly ports: NodePorts;
  readonly databaseUrl: string;
  /** Of the balancer in front of all nodes. */
  readonly clusterPort: number;
}): string {
  const database = new URL(databaseUrl);
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: SQL_PLUGIN,
      databaseName,
      connectAddr: database.host,
      connectProtocol: 'tcp',
      user: database.username,
      password: database.password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const config = {
    log: { stdout: true, level: 'info' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: {
        default: store(DATABASES.temporal, CONNECTIONS),
        visibility: store(DATABASES.visibility, VISIBILITY_CONNECTIONS),
      },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: LOOPBACK },
      metrics: { prometheus: { timerType: 'histogram', listenAddress: `${LOOPBACK}:${ports.metrics}` } },
    },
    services: Object.fromEntries(
      SERVICES.map((name) => [name, { rpc: { ...ports[name], bindOnLocalHost: true } }]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${LOOPBACK}:${clusterPort}`,
        },
      },
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

export const SQL_PLUGIN = 'postgres12';
