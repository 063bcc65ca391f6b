import type { PoolVersion, QueueState, StreamState, SystemSnapshot } from '../../src/observability';
import { AT, known, QUIET } from './system';

export const HOSTILE = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202e'`;

const BEFORE = '2026-11-29T02:56:00.000Z';
const SOON = '2026-11-29T03:00:20.000Z';
const MIB = 1024 ** 2;
const partition = { lag: 0, inFlight: 0, redelivered: 0, attended: true, settled: 4 };
const oldest = { subject: 'evt.orders.submitted.v1.hot-key', key: 'hot-key', storedAt: AT, sequence: 5 };
const partitions = Array.from({ length: 64 }, (_, number) => ({ partition: number, ...partition }));
const hot = { ...partition, partition: 7, lag: 3, inFlight: 1, oldest: { ...oldest, ageSeconds: 61 } };
const busy = { ...partition, partition: 20, lag: 1, inFlight: 1, oldest: { ...oldest, ageSeconds: 1 } };
const left = { ...partition, partition: 8, attended: false };
const group = {
  ...{ group: 'bridge', kind: 'bridge' as const, lag: 4, oldestSeconds: 61, redelivered: 2, attended: 63 },
  consumers: 64,
  settledPerSecond: 4.25,
  partitions: partitions.map(
    (each) => [hot, busy, left].find(({ partition: number }) => number === each.partition) ?? each,
  ),
};
const struggle = {
  ...{ workflow: 'order', step: 'voidPayment', cause: 'the payment provider answers 503', count: 12 },
  ...{
    mostAttempts: 10,
    since: BEFORE,
    sinceSeconds: 240,
    states: { compensating: 12 },
    nextAttemptAt: SOON,
  },
  versions: [{ deployment: 'sagaline-payments', buildId: '0.1.0', count: 12 }],
  samples: [17, 23, 24].map((number) => ({
    ...{
      workflowId: `order-${number}`,
      runId: 'r',
      key: String(number),
      state: 'compensating',
      attempts: 10,
    },
    ...{ since: BEFORE, nextAttemptAt: SOON, triedUntil: '2026-11-29T03:10:00.000Z' },
  })),
};
const stream = (name: string, share: number): StreamState => ({
  ...{ stream: name, bytes: share * 512 * MIB, maxBytes: 512 * MIB, messages: 1, maxMessages: -1 },
  ...{ lastSequence: 1, share, level: share === 1 ? 'full' : 'room', growthBytesPerSecond: 2048 },
});
export const fullStream: StreamState = { ...stream('EVENTS', 1), daysLeft: 1.25, storedPerSecond: 4.5 };
const POOLS = ['orders', 'inventory', 'payments', 'shipping', 'notifications'];
const queue = (name: string, backlog: number): QueueState => ({
  ...{ pool: name, taskQueue: name, kind: 'activity', current: true, backlog, oldestSeconds: backlog },
  ...{ addedPerSecond: 0, dispatchedPerSecond: 0, pollers: 2 },
});

/** A version that drains, beside the current one; of the pool of workflows, one that nobody runs. */
function versionsOf(name: string): PoolVersion[] {
  const current = {
    ...{ buildId: '0.1.0', createdAt: BEFORE, current: true, status: 'current' as const },
    pollers: name === 'payments' ? 0 : 2,
  };
  if (name !== 'orders') return [current];
  const older = { createdAt: '2026-11-27T03:00:00.000Z', current: false, status: 'draining' as const };
  return [
    { ...current, pinned: 240 },
    { ...older, buildId: '0.0.9', pollers: 1, pinned: 60, pinnedPerSecond: -0.005 },
    { ...older, buildId: '0.0.8', pollers: 0, pinned: 3, pinnedPerSecond: 0 },
  ];
}

/** Everything that the pages of the system mark: a full stream, a hot partition, a stopped pool, failing steps, a question. */
export const TROUBLED: SystemSnapshot = {
  ...QUIET,
  streams: known([fullStream, stream('DEAD_LETTERS', 0.02), stream('OPERATIONS', 0.01)]),
  partitions: known([group]),
  sagas: known({
    ...{ open: 315, more: false },
    states: [
      { workflow: 'order', state: 'awaiting-delivery', count: 300, waitsForPerson: false },
      { workflow: 'order', state: 'compensating', count: 12, waitsForPerson: false },
      { workflow: 'order', state: 'step-stuck', count: 3, waitsForPerson: true },
    ],
  }),
  pauses: known([
    {
      ...{ kind: 'route', name: 'demand', by: 'ada', why: 'a wrong price list' },
      ...{ since: BEFORE, until: '2026-11-29T03:30:00.000Z' },
    },
  ]),
  struggles: known({ groups: [struggle], lookedAt: 210, open: 315 }),
  queues: known(POOLS.map((name) => queue(name, name === 'payments' ? 75 : 0))),
  pools: known(
    POOLS.map((name) => ({
      ...{ pool: name, taskQueue: name, hasWorkflows: name === 'orders', deployment: `sagaline-${name}` },
      ...{
        current: '0.1.0',
        pollers: name === 'payments' ? 0 : 2,
        served: name !== 'payments',
        versions: versionsOf(name),
      },
    })),
  ),
};

/** Each text of a snapshot is replaced, except those that decide what is shown. */
export function hostile(value: SystemSnapshot): SystemSnapshot {
  const kept = /^(known|unknown|full|room|bridge|\d{4}-.*Z)$/;
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' && !kept.test(each) ? HOSTILE : each,
  ) as SystemSnapshot;
}

/** The same, with all its times as if it were found now. */
export function now(value: SystemSnapshot): SystemSnapshot {
  const later = Date.now() - Date.parse(AT);
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' && /^\d{4}-.*Z$/.test(each)
      ? new Date(Date.parse(each) + later).toISOString()
      : each,
  ) as SystemSnapshot;
}
