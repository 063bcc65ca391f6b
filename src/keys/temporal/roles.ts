/**
 * Who may do what in the project's namespace. Temporal's own authorizer knows three steps, each of which contains the
 * one before: `read`, `write`, `admin`. Polling a task queue, starting, signalling and terminating all need `write`.
 */
export const TEMPORAL_RIGHTS = {
  gateway: 'write',
  bridge: 'write',
  worker: 'write',
  /** Asks which processes are open. */
  relay: 'read',
  /** The command line, and `sagaline deploy`: decisions, cancellations, current versions. */
  operator: 'write',
  /** The command line for looking only. */
  reader: 'read',
  /** Makes the namespace, its search attributes and schedules. */
  provision: 'admin',
} as const;

export type TemporalRole = keyof typeof TEMPORAL_RIGHTS;
export const TEMPORAL_ROLES = Object.keys(TEMPORAL_RIGHTS) as readonly TemporalRole[];
