// Starts the servers of a stack in parallel, and ends them in order.
import { join } from 'node:path';
import { findServer } from './binaries';
import type { ServerProcess, Supervision } from './child';
import { keepRunning } from './keep-running';
import { remainingShare } from './stop-time';
import { startNats } from './nats';
import type { StackOptions } from './options';
import { startPostgres } from './postgres';
import type { ProcessRecord } from './record';
import { startTemporal, type TemporalServer } from './temporal';
import type { Watchdog } from './watchdog';

/** The servers that were started here; external servers are undefined. */
export interface Servers {
  temporal?: TemporalServer;
  nats?: ServerProcess & { url: string };
  postgres?: ServerProcess & { url: string };
}

const DATABASE = 'sagaline';

/** A server that uses another one ends before it. */
const ENDING = ['Temporal', 'NATS', 'PostgreSQL'] as const;

// Roles use the servers, and end before them: there are fewer groups of roles than this.
const FIRST_TURN = 1_000;
const turnOf = (server: (typeof ENDING)[number]) => ({ turn: FIRST_TURN + ENDING.indexOf(server) });

/** Starts all or none: if one fails, the others are ended and its error is thrown. */
export async function startServers(
  options: StackOptions,
  record: ProcessRecord,
  watchdog: Watchdog,
): Promise<Servers> {
  const { dataDir, ports, external, log, searchPath } = options;
  const shared = { dataDir, log, record, watchdog };
  const kept = <Server extends ServerProcess>(
    name: (typeof ENDING)[number],
    start: (onUnexpectedExit: Supervision['onUnexpectedExit']) => Promise<Server>,
  ) =>
    options.restart === true
      ? keepRunning(start, { name, log, logFolder: join(dataDir, 'logs') })
      : start(options.onUnexpectedExit);
  const servers: Servers = {};
  const starts: Promise<void>[] = [];

  const natsBinary = external.natsUrl === undefined && findServer('nats-server', searchPath);
  const temporalBinary = external.temporalAddress === undefined && findServer('temporal', searchPath);
  if (natsBinary !== false) {
    const nats = kept('NATS', (onUnexpectedExit) =>
      startNats({
        ...shared,
        ...turnOf('NATS'),
        onUnexpectedExit,
        binary: natsBinary,
        port: ports.nats,
        monitorPort: ports.natsMonitor,
        secured: options.secured?.nats,
      }),
    );
    starts.push(timed('NATS', nats, log).then((server) => void (servers.nats = server)));
  }
  if (temporalBinary !== false) {
    const temporal = kept('Temporal', (onUnexpectedExit) =>
      startTemporal({
        ...shared,
        ...turnOf('Temporal'),
        onUnexpectedExit,
        binary: temporalBinary,
        storage: options.ephemeral === true ? 'memory' : 'file',
        grpcPort: ports.temporal,
        uiPort: ports.temporalUi,
        httpPort: ports.temporalHttp,
        metricsPort: ports.temporalMetrics,
        namespace: options.namespace,
        headless: options.ephemeral,
      }),
    );
    starts.push(timed('Temporal', temporal, log).then((server) => void (servers.temporal = server)));
  }
  if (external.databaseUrl === undefined) {
    const postgres = kept('PostgreSQL', (onUnexpectedExit) =>
      startPostgres({
        ...shared,
        ...turnOf('PostgreSQL'),
        onUnexpectedExit,
        project: options.project,
        port: ports.postgres,
        database: DATABASE,
        password: options.secured?.postgres?.password,
      }),
    );
    starts.push(timed('PostgreSQL', postgres, log).then((server) => void (servers.postgres = server)));
  }

  const outcomes = await Promise.allSettled(starts);
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failures[0] === undefined) return servers;
  await stopServers(servers, log);
  throw failures[0].reason;
}

/** With what the processes take, a Ctrl-C ends within 15 s. None of the servers loses confirmed data when it is killed. */
const STOP_WITHIN_MS = 4_500;

/**
 * Ends the servers that use others before those: Temporal, NATS, PostgreSQL. One that hangs is killed. An error of one does not
 * keep the others running.
 */
export async function stopServers(servers: Servers, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + STOP_WITHIN_MS;
  const started = { Temporal: servers.temporal, NATS: servers.nats, PostgreSQL: servers.postgres };
  for (const [index, name] of ENDING.entries()) {
    const isLast = index === ENDING.length - 1;
    await stopServer(name, started[name], { log, graceMs: remainingShare(deadline, { isLast }) });
  }
}

async function stopServer(
  name: string,
  server: ServerProcess | undefined,
  { log, graceMs }: { readonly log: (line: string) => void; readonly graceMs: number },
): Promise<void> {
  if (server === undefined) return;
  const since = Date.now();
  await server.stop(graceMs);
  log(`${name}: stopped in ${seconds(since)} s`);
}

async function timed<T>(name: string, start: Promise<T>, log: (line: string) => void): Promise<T> {
  const since = Date.now();
  const server = await start;
  log(`${name}: ready in ${seconds(since)} s`);
  return server;
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
