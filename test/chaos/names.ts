/** Who takes part in a run, by name: the servers, and the processes of Sagaline. */

export const NATS_NODES = ['nats-1', 'nats-2', 'nats-3'] as const;
export const SERVERS = [...NATS_NODES, 'temporal', 'postgres'] as const;
export type ServerName = (typeof SERVERS)[number];

/** Two of each role that has to take over from another one; the transports and the providers are alone, as they may be. */
export const COUNTS: Readonly<Record<string, number>> = {
  bridge: 2,
  relay: 2,
  'worker:orders': 2,
  'worker:inventory': 2,
  'worker:payments': 2,
};

const ROLES = [
  'providers',
  'gateway',
  'bridge',
  'subscriber',
  'worker:orders',
  'worker:inventory',
  'worker:payments',
  'worker:shipping',
  'worker:notifications',
  'relay',
];

/** The processes' names, as `startLocal` gives them. */
export const PROCESSES: readonly string[] = ROLES.flatMap((role) =>
  Array.from({ length: COUNTS[role] ?? 1 }, (_, index) => (index === 0 ? role : `${role}-${index + 1}`)),
);

/** What somebody listens on: a server, or a process that others call. */
export type Listener = ServerName | 'providers' | 'gateway';

const WORKER: readonly Listener[] = ['temporal', 'postgres'];
const CALLED: Readonly<Record<string, readonly Listener[]>> = {
  providers: ['gateway'],
  gateway: [...NATS_NODES, 'temporal'],
  bridge: [...NATS_NODES, 'temporal'],
  subscriber: [...NATS_NODES, 'postgres'],
  relay: [...NATS_NODES, 'postgres'],
  'worker:payments': [...WORKER, 'providers'],
  'worker:shipping': [...WORKER, 'providers'],
};

/** Whom a process talks to. */
export function calledBy(process: string): readonly Listener[] {
  return CALLED[roleOf(process)] ?? WORKER;
}

/** The role of a process: `bridge` of `bridge-2`. */
export function roleOf(process: string): string {
  return process.replace(/-\d+$/, '');
}
