// Temporal's production server on a PostgreSQL of its own, with the server's own defaults: one node with all four services.
import path from 'node:path';
import type { StackPorts } from '../src/dev/stack';
import { LOOPBACK } from '../src/dev/stack/ports';
import { startWatchdog } from '../src/dev/stack/watchdog';
import type { ServerPrograms } from '../scripts/temporal-server/build';
import { createNamespace } from '../scripts/temporal-server/namespace';
import { startNode } from '../scripts/temporal-server/node';
import { nodePorts } from '../scripts/temporal-server/node-config';
import { startPostgres } from '../scripts/temporal-server/postgres';
import { createSchemas } from '../scripts/temporal-server/schema';

/** The server's processes; `temporal-postgres` is the parent of PostgreSQL's. */
export interface ProductionServer {
  readonly pids: Readonly<Record<'temporal' | 'temporal-postgres', number>>;
  stop(): Promise<void>;
}

/** For processes that no later start has to find: the watchdog ends them. */
const NO_RECORD = { enter: () => undefined, strike: () => undefined };

export async function startProductionServer(
  programs: ServerPrograms,
  options: { readonly ports: StackPorts; readonly folder: string; readonly namespace: string },
): Promise<ProductionServer> {
  const { ports, folder, namespace } = options;
  const log = () => undefined;
  const onUnexpectedExit = (server: string, detail: string) =>
    void process.stderr.write(`${server} has ${detail}\n`);
  const watchdog = startWatchdog(NO_RECORD);
  const closing: (() => Promise<void>)[] = [() => watchdog.close()];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const postgres = await startPostgres(path.join(folder, 'temporal-postgres'), { log, onUnexpectedExit });
    closing.push(() => postgres.stop());
    const { databaseUrl } = postgres;
    await createSchemas(programs.sqlTool, databaseUrl);
    const free = await nodePorts();
    const node = await startNode(
      {
        home: path.join(folder, 'temporal-node'),
        ports: {
          ...free,
          frontend: { ...free.frontend, grpcPort: ports.temporal },
          metrics: ports.temporalMetrics,
        },
        databaseUrl,
        clusterPort: ports.temporal,
        server: programs.server,
      },
      { log, turn: 0, record: NO_RECORD, watchdog, onUnexpectedExit },
    );
    closing.push(() => node.stop());
    await createNamespace(`${LOOPBACK}:${ports.temporal}`, namespace);
    return { pids: { temporal: node.pid, 'temporal-postgres': postgres.pids['postgres'] ?? 0 }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
