// One server node as a process.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { ServerProcess, Supervision } from '../../src/dev/stack/child';
import { startServer } from '../../src/dev/stack/child';
import { isListening, LOOPBACK } from '../../src/dev/stack/ports';
import type { NodePorts } from './node-config';
import { nodeConfig } from './node-config';

export interface NodeSettings {
  /** A folder of its own, for its configuration and its log, `server.log`. */
  readonly home: string;
  readonly ports: NodePorts;
  readonly databaseUrl: string;
  /** Of the balancer in front of all nodes; of the frontend itself, if there is one node only. */
  readonly clusterPort: number;
  /** Path of the server's program. */
  readonly server: string;
}

/** A frontend that answers later than this is asked again. */
const CALL_MS = 5_000;

/** Starts the node, on schemas that exist; ready when its frontend answers. */
export async function startNode(settings: NodeSettings, supervision: Supervision): Promise<ServerProcess> {
  const { home, ports, server } = settings;
  const configFile = path.join(home, 'config.yaml');
  await mkdir(home, { recursive: true });
  await writeFile(configFile, nodeConfig(settings));
  return startServer(
    {
      name: path.basename(home),
      command: server,
      args: ['--config-file', configFile, '--allow-no-auth', 'start'],
      env: { HOME: home },
      cwd: home,
      logFile: path.join(home, 'server.log'),
      stopSignal: 'SIGTERM',
      ready: () => answers(ports.frontend.grpcPort),
    },
    supervision,
  );
}

async function answers(port: number): Promise<void> {
  // A gRPC channel opened too early waits a second before it tries again; asking for the port first costs nothing.
  if (!(await isListening(port))) throw new Error(`nothing listens on ${port} yet`);
  const connection = await Connection.connect({ address: `${LOOPBACK}:${port}`, connectTimeout: CALL_MS });
  await connection.close();
}
