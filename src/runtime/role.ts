import type { Registry } from 'prom-client';
import type { Catalogue, Log } from '../contracts';
import type { Checks, Health } from '../gateway';
import type { Config } from '../config';
import type { LoadedApp } from './app';

/** One kind of process. All truth is elsewhere, so that any number of each may run. */
export type Role = (context: RoleContext) => Promise<RunningRole>;

export interface RoleContext {
  readonly app: LoadedApp;
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly registry: Registry;
  readonly log: Log;
}

/** A process that has started. */
export interface RunningRole {
  /** What the role needs to work. */
  readonly checks: Checks;
  /**
   * For a role that others send requests to: `/readyz` answers 503 from now on, and the endpoint stays open for those who have not
   * asked it yet. `stop` follows after `SHUTDOWN_DELAY_MS`.
   */
  readonly leave?: () => void;
  /** What is not as it should be while work still goes on. */
  readonly degraded?: Health['degraded'];
  /** Takes no new work, finishes and acknowledges what is in hand, closes the connections. The process sets a bound. */
  stop(): Promise<void>;
  /** Rejects when the role cannot go on; the process then ends, for its supervisor to start it anew. */
  readonly failed?: Promise<never>;
}
