/**
 * The local stack: NATS, Temporal and PostgreSQL as real servers on loopback, for `npm start`, the demo and the tests. A server
 * with an address in the configuration is used there, and not started here.
 */
import { resolve } from 'node:path';
import { lockFolder } from './folder-lock';
import { deleteData } from './fresh';
import { endLeftovers } from './leftovers';
import type { ExternalServers, StackOptions } from './options';
import { assertPortsFree } from './ports';
import { openRecord, type ProcessRecord } from './record';
import { startServers, stopServers, type Servers } from './servers';
import { wantedPorts } from './wanted-ports';
import { startWatchdog, type Watchdog } from './watchdog';

export { findServer } from './binaries';
export { FolderInUseError } from './folder-lock';
export { assertPortFree, freePorts, isListening, PortTakenError } from './ports';
export type { WantedPort } from './ports';
export { wantedPorts } from './wanted-ports';
export { stackRuns } from './record';
export type { SecuredServers, StackOptions, StackPorts } from './options';

export interface Stack {
  natsUrl: string;
  temporalAddress: string;
  /** Undefined when Temporal is external, or the stack is ephemeral. */
  temporalUiUrl: string | undefined;
  databaseUrl: string;
  /** Pids of the servers started here: `nats`, `temporal`, `postgres`. */
  readonly pids: Record<string, number>;
  /** For processes that are started beside the stack, and end before it. */
  record: ProcessRecord;
  /** Ends Temporal, then NATS, then PostgreSQL. You can call it again. */
  stop(): Promise<void>;
}

/**
 * Ends the processes that a killed run has left, then starts the servers that are not external, in parallel. If one server fails,
 * the others are ended and its error is thrown. Throws `FolderInUseError`, `FolderUnusableError`, `LeftoverError`,
 * `PortTakenError` (naming all taken ports) and `ServerNotInstalledError` before anything is started; then `PostgresPlaceError`
 * or `ServerStartError`.
 */
export async function startStack(given: StackOptions): Promise<Stack> {
  // The servers run in other working folders, where a relative path would mean another place.
  const options = { ...given, dataDir: resolve(given.dataDir) };
  const lock = await lockFolder(options.dataDir);
  let watchdog: Watchdog | undefined;
  const release = async () => {
    await watchdog?.close();
    await lock.release();
  };
  try {
    await endLeftovers(options.dataDir, options.log);
    await assertPortsFree(wantedPorts(options));
    if (options.fresh === true) await deleteData(options);
    const record = openRecord(options.dataDir);
    watchdog = startWatchdog(record);
    const servers = await startServers(options, record, watchdog);
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= stopServers(servers, options.log).finally(release));
    return {
      ...addressesOf(servers, options.external),
      // A server that was started again has another pid.
      get pids() {
        return pidsOf(servers);
      },
      record,
      stop,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function addressesOf(servers: Servers, external: ExternalServers): Omit<Stack, 'record' | 'stop' | 'pids'> {
  return {
    natsUrl: addressOf(external.natsUrl ?? servers.nats?.url),
    temporalAddress: addressOf(external.temporalAddress ?? servers.temporal?.address),
    temporalUiUrl: servers.temporal?.uiUrl,
    databaseUrl: addressOf(external.databaseUrl ?? servers.postgres?.url),
  };
}

function pidsOf(servers: Servers): Record<string, number> {
  const started = Object.entries(servers) as [string, { pid: number } | undefined][];
  return Object.fromEntries(started.flatMap(([name, server]) => (server ? [[name, server.pid]] : [])));
}

function addressOf(address: string | undefined): string {
  if (address === undefined) throw new Error('a server is neither external nor started');
  return address;
}
