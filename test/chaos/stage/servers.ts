/** The servers of a run: three nodes of NATS, Temporal and PostgreSQL, each of which can be killed and started again. */
import path from 'node:path';
import { environment } from '../../../src/config';
import type { SecuredServers } from '../../../src/dev/stack';
import { findServer, freePorts } from '../../../src/dev/stack';
import type { ServerProcess, Supervision } from '../../../src/dev/stack/child';
import { startNats } from '../../../src/dev/stack/nats';
import { startPostgres } from '../../../src/dev/stack/postgres';
import { startTemporal } from '../../../src/dev/stack/temporal';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import type { Killable } from '../../support/killable';
import { startKillable } from '../../support/killable';
import { noRecord } from '../../support/no-record';
import type { ServerName } from '../names';
import { NATS_NODES } from '../names';

export interface Server extends Killable {
  readonly name: ServerName;
  readonly port: number;
}

export interface Servers {
  readonly list: readonly Server[];
  stop(): Promise<void>;
}

const NAMESPACE = 'default';
const DATABASE = 'sagaline';

type Launch = (supervision: Supervision) => Promise<ServerProcess>;

export async function startServers(
  folder: string,
  { log, secured }: { readonly log: (line: string) => void; readonly secured: SecuredServers },
): Promise<Servers> {
  const watchdog = startWatchdog(noRecord);
  const started: Server[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    await watchdog.close();
  };
  const start = async ({ name, port, launch }: Planned) => {
    const killable = await startKillable(
      (onUnexpectedExit) => launch({ log, turn: 0, record: noRecord, watchdog, onUnexpectedExit }),
      (_, detail) => log(`${name} has ended by itself: ${detail}`),
    );
    started.push({ ...killable, name, port });
  };
  const starts = await Promise.allSettled((await planned(folder, secured)).map(start));
  const failed = starts.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { list: [...started], stop };
}

interface Planned {
  readonly name: ServerName;
  readonly port: number;
  readonly launch: Launch;
}

async function planned(folder: string, secured: SecuredServers): Promise<Planned[]> {
  const searchPath = environment()['PATH'];
  const [postgres = 0, temporal = 0, uiPort = 0, httpPort = 0, metricsPort = 0, ...others] = await freePorts(
    5 + 2 * NATS_NODES.length,
  );
  const routes = others.slice(NATS_NODES.length);
  const nodes = NATS_NODES.map((name, index): Planned => {
    const [port = 0, route = 0] = [others[index], routes[index]];
    const binary = findServer('nats-server', searchPath);
    const dataDir = path.join(folder, name);
    const cluster = { node: name, port: route, routes };
    return {
      name,
      port,
      launch: (supervision) =>
        startNats({ ...supervision, binary, dataDir, port, cluster, secured: secured.nats }),
    };
  });
  return [
    ...nodes,
    {
      name: 'temporal',
      port: temporal,
      launch: (supervision) =>
        startTemporal({
          ...supervision,
          binary: findServer('temporal', searchPath),
          dataDir: folder,
          storage: 'file',
          grpcPort: temporal,
          uiPort,
          httpPort,
          metricsPort,
          namespace: NAMESPACE,
          headless: true,
        }),
    },
    {
      name: 'postgres',
      port: postgres,
      launch: (supervision) =>
        startPostgres({ ...supervision, dataDir: folder, port: postgres, database: DATABASE }),
    },
  ];
}
