/** The parts of the snapshot about workers: what waits for them, and who polls. */
import type { VersionStatus } from '../adapters/temporal';

/** The work that waits in one task queue for the workers of one deployment version. */
export interface QueueState {
  readonly pool: string;
  readonly taskQueue: string;
  readonly kind: 'workflow' | 'activity';
  /** Absent: the workers without versions. */
  readonly buildId?: string;
  /** Whether new work goes to this version. */
  readonly current: boolean;
  /** Tasks that wait, by Temporal's estimate. */
  readonly backlog: number;
  readonly oldestSeconds: number;
  readonly addedPerSecond: number;
  readonly dispatchedPerSecond: number;
  /** Workers that have polled within the last 75 seconds. */
  readonly pollers: number;
}

export interface PoolState {
  readonly pool: string;
  readonly taskQueue: string;
  readonly hasWorkflows: boolean;
  readonly deployment: string;
  /** The version that gets new work; absent: the workers without versions. */
  readonly current?: string;
  /** The version that gets a part of the new work, and how much of it, from 0 to 100. */
  readonly ramping?: { readonly buildId?: string; readonly percent: number };
  /** Workers that poll for the current version. */
  readonly pollers: number;
  /** Whether somebody polls for the version that gets new work. */
  readonly served: boolean;
  /** The versions that Temporal knows or that poll, the latest first. */
  readonly versions: readonly PoolVersion[];
}

export interface PoolVersion {
  /** Absent: the workers without versions. */
  readonly buildId?: string;
  readonly createdAt?: string;
  /** In Temporal's words; absent for the workers without versions. */
  readonly status?: VersionStatus;
  readonly current: boolean;
  readonly pollers: number;
  /** Open workflows that are pinned to this version; absent for pools without workflows. */
  readonly pinned?: number;
  /** Change of `pinned` each second over the last hour; absent until it is known. Below zero the version drains. */
  readonly pinnedPerSecond?: number;
}
