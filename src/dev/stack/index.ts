/**
 * The local stack: NATS, Temporal and PostgreSQL, real servers on loopback, for `npm start`, the demo and the tests.
 * A server with an address in the configuration is used where it is, and not started here.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder } from './folder-lock';
import type { ExternalServers, StackOptions } from './options';
import { assertPortsFree, PortTakenError } from './ports';
import { startServers, stopServers, type Servers } from './servers';
import { wantedPorts } from './wanted-ports';
import { startWatchdog } from './watchdog';

export { findServer } from './binaries';
export { FolderInUseError } from './folder-lock';
export { assertPortFree, freePorts, PortTakenError } from './ports';
export type { StackOptions, StackPorts } from './options';

export interface Stack {
  natsUrl: string;
  temporalAddress: string;
  /** Undefined when Temporal is somebody else's, or the stack is ephemeral. */
  temporalUiUrl: string | undefined;
  databaseUrl: string;
  /** Process ids of the servers started here: `nats`, `temporal`, `postgres`. */
  pids: Record<string, number>;
  /** Ends Temporal, then NATS, then PostgreSQL. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * Starts what isn't external, in parallel; if one server fails, the others are ended and its error is thrown.
 * Throws `FolderInUseError`, `PortTakenError` (naming all taken ports) and `ServerNotInstalledError` before anything
 * is started; then `PostgresPlaceError` or `ServerStartError`.
 */
export async function startStack(given: StackOptions): Promise<Stack> {
  // The servers run in folders of their own, where a relative path would mean another place.
  const options = { ...given, dataDir: resolve(given.dataDir) };
  const lock = await lockFolder(options.dataDir);
  const watchdog = startWatchdog();
  const release = async () => {
    await watchdog.close();
    await lock.release();
  };
  try {
    await waitForPorts(options);
    const servers = await startServers(options, watchdog);
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= stopServers(servers, options.log).finally(release));
    return { ...describe(servers, options.external), stop };
  } catch (error) {
    await release();
    throw error;
  }
}

// After a kill of the run before, the servers need this long to shut down and to leave their ports.
const PORT_WAIT_MS = 3_000;
const PORT_POLL_MS = 250;

async function waitForPorts(options: StackOptions): Promise<void> {
  const deadline = Date.now() + PORT_WAIT_MS;
  for (;;) {
    try {
      await assertPortsFree(wantedPorts(options));
      return;
    } catch (error) {
      if (!(error instanceof PortTakenError) || Date.now() > deadline) throw error;
      await sleep(PORT_POLL_MS);
    }
  }
}

function describe(servers: Servers, external: ExternalServers): Omit<Stack, 'stop'> {
  const started = Object.entries(servers) as [string, { pid: number } | undefined][];
  return {
    natsUrl: addressOf(external.natsUrl ?? servers.nats?.url),
    temporalAddress: addressOf(external.temporalAddress ?? servers.temporal?.address),
    temporalUiUrl: servers.temporal?.uiUrl,
    databaseUrl: addressOf(external.databaseUrl ?? servers.postgres?.url),
    pids: Object.fromEntries(started.flatMap(([name, server]) => (server ? [[name, server.pid]] : []))),
  };
}

function addressOf(address: string | undefined): string {
  if (address === undefined) throw new Error('a server is neither external nor started');
  return address;
}
