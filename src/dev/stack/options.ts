// The options of a local stack.
import type { SecuredNats } from './nats';
import type { WantedPort } from './ports';

export interface StackPorts {
  nats: number;
  /** Port of NATS's HTTP monitoring. Default: no monitoring */
  natsMonitor?: number;
  temporal: number;
  temporalUi: number;
  temporalHttp: number;
  temporalMetrics: number;
  postgres: number;
}

/** Addresses of existing servers; a server with an address is not started. */
export interface ExternalServers {
  natsUrl?: string | undefined;
  temporalAddress?: string | undefined;
  databaseUrl?: string | undefined;
}

/** What the servers of a secured stack have beside their usual options. */
export interface SecuredServers {
  nats?: SecuredNats;
  /** The password of PostgreSQL's user, if its data are made at this start. */
  postgres?: { readonly password: string };
}

export interface StackOptions {
  /** Contains a folder for each server, and `logs`. Only one stack at a time uses it. */
  dataDir: string;
  ports: StackPorts;
  /** Ports that other processes will open after the stack has started: they must be free too. */
  alsoWanted?: readonly WantedPort[];
  /** Temporal's namespace; created if it is missing. */
  namespace: string;
  /** The value of PATH: a server's binary found there takes precedence over the installed one. */
  searchPath: string | undefined;
  external: ExternalServers;
  /** Default: each server is open to anyone on this machine. */
  secured?: SecuredServers | undefined;
  /** A project's folder: programs in npm packages are taken from its packages first, then from Sagaline's own. */
  project?: string;
  log: (line: string) => void;
  /** Starts a server again that ends without `stop()`, and says so in the log; `onUnexpectedExit` is then not called. */
  restart?: boolean;
  /** Called when a server ends without `stop()`; the other servers run on until the stack is stopped. */
  onUnexpectedExit: (server: string, detail: string) => void;
  /** First deletes the data that earlier runs have left in `dataDir`: streams, workflows, database, journal and logs. */
  fresh?: boolean;
  /** For tests: Temporal keeps its state in memory and has no web UI. */
  ephemeral?: boolean;
}
