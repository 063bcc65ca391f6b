// The alerts, their rules, the dashboard and the runbooks belong together.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dashboard } from '../../../../scripts/alerts/dashboard';
import { alertRules } from '../../../../scripts/alerts/rules';
import type { SystemSnapshot } from '../../../../src/observability';
import { ALERTS, firingAlerts } from '../../../../src/observability';
import { AT as at, known, QUIET } from '../../../support/system';

const ROOT = path.resolve(__dirname, '../../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const stream = {
  ...{ stream: 'EVENTS', bytes: 10, maxBytes: 100, messages: 1, maxMessages: -1, lastSequence: 1 },
  ...{ share: 0.1, level: 'room' as const },
};
const partition = { partition: 7, lag: 3, inFlight: 1, redelivered: 0, attended: true, settled: 4 };
const group = {
  ...{ group: 'bridge', kind: 'bridge' as const, lag: 0, oldestSeconds: 0, redelivered: 0, attended: 64 },
  consumers: 64,
  partitions: [partition],
};
const oldest = { sequence: 5, subject: 'evt.a.b.v1.k', key: 'k', storedAt: at, ageSeconds: 61 };
const young = { ...oldest, ageSeconds: 5 };
const cutShort = { workflow: 'order', workflowId: 'order-o1', key: 'o1', status: 'TERMINATED', closedAt: at };
const queue = {
  ...{ pool: 'orders', taskQueue: 'orders', kind: 'workflow' as const, current: true, backlog: 2 },
  ...{ oldestSeconds: 16, addedPerSecond: 0, dispatchedPerSecond: 0, pollers: 1 },
};
const pool = {
  ...{ pool: 'orders', taskQueue: 'orders', hasWorkflows: true, deployment: 'sagaline-orders' },
  ...{ current: 'b2', pollers: 0, served: false, versions: [] },
};
const state = { workflow: 'order', state: 'step-stuck', count: 2, waitsForPerson: true };
const struggle = {
  ...{ workflow: 'order', step: 'voidPayment', cause: 'HTTP 503', count: 3, mostAttempts: 5 },
  versions: [],
  ...{ since: at, sinceSeconds: 30, states: { compensating: 3 }, samples: [] },
};
const noDeadLetters = { open: 0, reasons: [], parked: 0, lookedAt: 0, building: false };
const reason = { reason: 'late', context: 'orders', count: 4, oldestAt: at, newestAt: at, samples: [1] };

/** For each alert a snapshot that it fires for, and what it then says. */
const FIRING: Readonly<Record<string, readonly [change: Partial<SystemSnapshot>, finding: string]>> = {
  SagalinePartUnknown: [{ sagas: { kind: 'unknown', at, error: 'no route' } }, 'sagas: no route'],
  SagalineStreamFull: [
    { streams: known([{ ...stream, level: 'full', share: 0.999 }]) },
    'EVENTS is full: 99 % of its limit',
  ],
  SagalineStreamNearlyFull: [
    { streams: known([{ ...stream, level: 'nearly-full', share: 0.85 }]) },
    'EVENTS: 85 % of its limit',
  ],
  SagalineStreamFillsSoon: [
    { streams: known([{ ...stream, share: 0.2, daysLeft: 2.9 }]) },
    'EVENTS is full in 2.9 days',
  ],
  SagalineDeadLettersParked: [
    { deadLetters: known({ ...noDeadLetters, parked: 1 }) },
    '1 dead letters are parked',
  ],
  SagalineDeadLettersOpen: [
    { deadLetters: known({ ...noDeadLetters, open: 4, reasons: [reason] }) },
    '4 late of orders',
  ],
  SagalineEventsWait: [
    { partitions: known([{ ...group, partitions: [{ ...partition, oldest }] }]) },
    'bridge, partition 7: 3 events, the oldest of key k',
  ],
  SagalineHotPartition: [
    {
      partitions: known([{ ...group, lag: 399, partitions: [{ ...partition, lag: 200, oldest: young }] }]),
    },
    'bridge, partition 7: 200 events, the oldest of key k',
  ],
  SagalineNobodyConsumes: [{ partitions: known([{ ...group, attended: 60 }]) }, 'bridge: 4 partitions'],
  SagalineNobodyPolls: [{ pools: known([pool]) }, 'orders: b2'],
  SagalineTasksWait: [{ queues: known([queue]) }, 'orders, workflow tasks of no version: 2 wait'],
  SagalineWaitsForPerson: [
    { sagas: known({ open: 2, states: [state], more: false }) },
    '2 order: step-stuck',
  ],
  SagalineWorkflowsCutShort: [
    { sagas: known({ open: 0, states: [], more: false, cutShort: [cutShort] }) },
    'order-o1: TERMINATED',
  ],
  SagalineStepsStruggle: [
    { struggles: known({ groups: [struggle], lookedAt: 3, open: 3 }) },
    '3 order, voidPayment: HTTP 503',
  ],
  SagalineOutboxWaits: [
    {
      outbox: known({ lanes: [{ lane: 'evt', waiting: 9, more: false, oldestSeconds: 61 }], setAside: 0 }),
    },
    '9 rows of evt',
  ],
  SagalineOutboxSetAside: [{ outbox: known({ lanes: [], setAside: 2 }) }, '2 rows are set aside'],
};

test('nothing fires for a quiet system, also where all is just below its bound', () => {
  expect(firingAlerts(QUIET)).toEqual([]);
  const below: SystemSnapshot = {
    ...QUIET,
    streams: known([
      { ...stream, share: 0.2, daysLeft: 3 },
      // Nearly empty: the growth of an hour says little.
      { ...stream, share: 0.1, daysLeft: 0.5 },
    ]),
    partitions: known([
      { ...group, lag: 400, partitions: [{ ...partition, lag: 200, oldest: { ...oldest, ageSeconds: 60 } }] },
      { ...group, lag: 199, partitions: [{ ...partition, lag: 199 }] },
    ]),
    sagas: known({ open: 2, states: [{ ...state, waitsForPerson: false }], more: false }),
    struggles: known({ groups: [{ ...struggle, mostAttempts: 4 }], lookedAt: 3, open: 3 }),
    queues: known([{ ...queue, oldestSeconds: 15 }]),
    pools: known([{ ...pool, served: true }]),
  };
  expect(firingAlerts(below)).toEqual([]);
});

// Prometheus alone can know that nobody watches: test/full/promtool/alerts.test.yml.
const JUDGED = ALERTS.map(({ name }) => name).filter((name) => name !== 'SagalineNobodyWatches');

test.each(JUDGED)('%s fires alone for its own cause, and says what it is', (name) => {
  const [change, finding] = FIRING[name] ?? [{}, 'no such snapshot in this test'];
  const firing = firingAlerts({ ...QUIET, ...change });
  expect(firing.map(({ alert, findings }) => [alert.name, findings])).toEqual([[name, [finding]]]);
});

test('what waits because it is paused is said to be so, before anything else, and fires no alert of its own', () => {
  const pause = { by: 'ada', why: 'wrong prices', since: at, until: '2026-11-29T04:00:00.000Z' };
  const pauses = known([
    { ...{ kind: 'route' as const, name: 'demand' }, ...pause },
    { ...{ kind: 'pool' as const, name: 'orders' }, ...pause },
    { ...{ kind: 'pool' as const, name: 'payments' }, ...pause },
  ]);
  const inWords = 'paused by ada until 2026-11-29T04:00:00.000Z: wrong prices';
  expect(firingAlerts({ ...QUIET, pauses })).toEqual([]);
  const late = known([{ ...group, partitions: [{ ...partition, oldest }] }]);
  const waiting = known([{ ...queue, kind: 'activity' as const }]);
  const firing = firingAlerts({ ...QUIET, pauses, partitions: late, queues: waiting });
  expect(firing.map(({ findings }) => findings)).toEqual([
    [`the route demand is ${inWords}`, 'bridge, partition 7: 3 events, the oldest of key k'],
    [`the pool orders is ${inWords}`, 'orders, activity tasks of no version: 2 wait'],
  ]);
  const ofSubscription = known([
    { ...group, kind: 'subscription' as const, partitions: [{ ...partition, oldest }] },
  ]);
  const [other] = firingAlerts({ ...QUIET, pauses, partitions: ofSubscription });
  expect(other?.findings).toHaveLength(1);
});

test('the rules and the dashboard are those of the sources: scripts/alerts.mjs', () => {
  expect(read('deploy/observability/alerts.yml')).toBe(alertRules());
  expect(read('deploy/observability/dashboard.json')).toBe(dashboard());
});

test('each alert has a runbook, which begins with a command', () => {
  const sections = new Map(
    read('docs/runbooks.md')
      .split('\n## ')
      .slice(1)
      .map((section) => {
        const [title = '', ...rest] = section.split('\n');
        return [title.toLowerCase().replaceAll(' ', '-'), rest.join('\n').trim()];
      }),
  );
  for (const { name, runbook } of ALERTS) {
    const section = sections.get(runbook) ?? '';
    expect([name, section.split('\n')[0]]).toEqual([name, '```']);
    expect(section).toContain(`\`${name}\``);
  }
});
