import type { Registry } from 'prom-client';
import type { Catalogue, Log } from '../contracts';
import type { Checks, Health } from '../gateway';
import type { Config } from '../config';
import type { Tracing } from '../tracing';
import type { LoadedApp } from './app';

/** One kind of process. It keeps no state of its own, so that any number of each may run. */
export type Role = (context: RoleContext) => Promise<RunningRole>;

export interface RoleContext {
  readonly app: LoadedApp;
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly registry: Registry;
  /** Default: nothing is recorded. */
  readonly tracing?: Tracing | undefined;
  readonly log: Log;
}

/** A process that has started. */
export interface RunningRole {
  /** Checks of what the role needs to work, for `/readyz`. */
  readonly checks: Checks;
  /**
   * For a role that receives requests. From now on `/readyz` answers 503; the endpoint stays open for clients that have not read
   * that answer yet. `stop` follows after `SHUTDOWN_DELAY_MS`.
   */
  readonly leave?: () => void;
  /** Metrics beside those of the registry, in Prometheus' text format. */
  readonly metrics?: () => Promise<string>;
  /** Problems that do not keep the role from working. */
  readonly degraded?: Health['degraded'];
  /**
   * Takes no new work, finishes and acknowledges the work in flight, closes the connections. The process limits the time that
   * this takes.
   */
  stop(): Promise<void>;
  /** Rejects when the role cannot go on; the process then ends, and its supervisor starts it again. */
  readonly failed?: Promise<never>;
}
