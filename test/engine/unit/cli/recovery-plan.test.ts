// What has to be done again after a restore, for each order of the three backups; no server.
import { planOf } from '../../../../src/cli/recover/stores';

const BEGIN = Date.UTC(2026, 0, 31, 12);
const at = (minute: number) => new Date(BEGIN + minute * 60_000);
const MARGIN = 60_000;
const planFor = (database: number, streams: number, workflows: number) =>
  planOf({
    database: at(database),
    streams: at(streams),
    workflows: at(workflows),
    margin: MARGIN,
    behind: 0,
  });

test.each([
  ['PostgreSQL is the oldest', [10, 20, 30], { events: 9, outbox: 19, workflows: 9 }],
  [
    'Temporal is the oldest: it has no workflow that PostgreSQL lacks',
    [30, 20, 10],
    { events: 9, outbox: 19 },
  ],
  [
    'JetStream is the oldest: dead letters since then may be gone',
    [20, 10, 30],
    { events: 9, outbox: 9, workflows: 19 },
  ],
  ['all are of one moment', [10, 10, 10], { events: 9, outbox: 9, workflows: 9 }],
  ['Temporal is older by less than the margin', [10.5, 20, 10], { events: 9, outbox: 19, workflows: 9.5 }],
] as const)('%s', (_, [database, streams, workflows], expected) => {
  const minutes = (date: Date | undefined) => date && (date.getTime() - BEGIN) / 60_000;
  const { eventsSince, outboxSince, workflowsSince } = planFor(database, streams, workflows);
  expect({
    events: minutes(eventsSince),
    outbox: minutes(outboxSince),
    workflows: minutes(workflowsSince),
  }).toEqual({
    workflows: undefined,
    ...expected,
  });
});

test('events go further back by what the slowest reader was behind, and nothing else does', () => {
  const moments = { database: at(300), streams: at(300), workflows: at(300), margin: MARGIN };
  const [without, plan] = [0, 60 * 60_000].map((behind) => planOf({ ...moments, behind }));
  expect(plan).toEqual({ ...without, eventsSince: at(239) });
});
