// What passes through the system: samples of the snapshot, percentiles, a bounded history, and the page's numbers.
import type { Client } from '@temporalio/client';
import { chartRows, CHARTS } from '../../../../src/console/throughput/charts';
import { html } from '../../../../src/console/views/html';
import { minutesTable, throughputBody } from '../../../../src/console/views/throughput';
import type { ThroughputSample } from '../../../../src/observability';
import { createHistory, throughputOf } from '../../../../src/observability';
import { createFlowCheck } from '../../../../src/observability/flow';
import { createOutboxCheck } from '../../../../src/observability/outbox';
import { percentilesOf } from '../../../../src/observability/percentiles';
import { createRates } from '../../../../src/observability/rates';
import { ping, pingRoutes } from '../../../support/ping/domain';
import { AT, known, QUIET, unknownSystem } from '../../../support/system';
import { TROUBLED } from '../../../support/troubled-system';

test('percentiles by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(percentilesOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99 });
  expect(percentilesOf([7])).toEqual({ count: 1, p50: 7, p99: 7 });
  expect(percentilesOf([])).toBeUndefined();
});

test('the history keeps the latest samples, the oldest first', () => {
  const history = createHistory<number>(3);
  expect(history.all()).toEqual([]);
  for (const sample of [1, 2]) history.add(sample);
  expect(history.all()).toEqual([1, 2]);
  for (const sample of [3, 4, 5]) history.add(sample);
  expect(history.all()).toEqual([3, 4, 5]);
});

test('a sample has what the latest checks have found, and nothing of a server that is away', () => {
  const flow = { startedPerSecond: 2, endedPerSecond: 1, durations: { count: 3, p50: 4, p99: 9 } };
  const sagas = known({ open: 0, states: [], more: false, flow });
  expect(throughputOf({ ...TROUBLED, sagas })).toEqual({
    ...{ at: AT, stored: 4.5, settled: 4.25, steps: 0, started: 2, ended: 1 },
    ...{ waiting: { count: 2, p50: 1, p99: 61 }, durations: flow.durations },
  });
  expect(throughputOf(QUIET)).toEqual({ at: AT, steps: 0, waiting: { count: 0, p50: 0, p99: 0 } });
  expect(throughputOf(unknownSystem())).toEqual({ at: AT });
});

test('rows of the outbox count by their ids; after a pause without rows they count over the whole pause', async () => {
  let ms = 0;
  let id: string | undefined;
  const query = (sql: string) =>
    Promise.resolve(sql.startsWith('select id') ? (id === undefined ? [] : [{ id }]) : [{}]);
  const check = createOutboxCheck({ database: { query } as never, rates: createRates(() => ms) });
  const written = async () => {
    ms += 5_000;
    return (await check()).writtenPerSecond;
  };
  id = '100';
  expect(await written()).toBeUndefined();
  id = '110';
  expect(await written()).toBe(2);
  id = undefined;
  expect(await written()).toBeUndefined();
  id = '120';
  expect(await written()).toBe(1);
});

/** Temporal's lists in memory; what is asked of them is remembered. */
function temporalWith(lists: Readonly<Record<'StartTime' | 'CloseTime', readonly object[]>>) {
  const asked: string[] = [];
  const of = (query: string) => lists[query.includes('CloseTime') ? 'CloseTime' : 'StartTime'];
  const workflow = {
    count: (query: string) => {
      asked.push(query);
      return Promise.resolve({ count: of(query).length });
    },
    list: ({ query }: { readonly query: string }) => of(query),
  };
  const client = { workflow, withDeadline: (_: number, call: () => unknown) => call() };
  return { client: client as unknown as Client, asked };
}
const at = (seconds: number) => new Date(Date.parse(AT) + 1_000 * seconds);
const run = (key: string, from: number, to?: number) => ({
  ...{ workflowId: `ping-${key}`, runId: 'r', type: 'ping', status: { name: 'COMPLETED' } },
  ...{ startTime: at(from), closeTime: to === undefined ? undefined : at(to) },
  ...{ searchAttributes: { CorrelationId: [key] }, memo: undefined },
  typedSearchAttributes: {
    get: ({ name }: { name: string }) => (name === 'CorrelationId' ? key : undefined),
  },
});

test('what began and ended in a minute, how long it took, and how soon it began after its event', async () => {
  const { client, asked } = temporalWith({
    StartTime: [run('a', -10), run('b', -20), run('forgotten', -30)],
    CloseTime: [run('c', -100, -40), run('d', -50, -20)],
  });
  const stored = new Map([
    ['evt.pings.pinged.v2.a', at(-11)],
    ['evt.pings.pinged.v2.b', at(-25)],
  ]);
  const check = createFlowCheck({
    ...{ temporal: client, processes: [ping], routes: pingRoutes, clock: () => at(0) },
    firstStored: (subject) => Promise.resolve(stored.get(subject)),
  });
  expect(await check()).toEqual({
    ...{ startedPerSecond: 3 / 60, endedPerSecond: 2 / 60 },
    durations: { count: 2, p50: 30, p99: 60 },
    startDelays: { count: 2, p50: 1, p99: 5 },
  });
  expect(asked).toEqual(
    ['StartTime', 'CloseTime'].map(
      (time) => `WorkflowType IN ("ping") AND ${time} >= "2026-11-29T02:59:00.000Z"`,
    ),
  );
});

test('of a process that recurs, or that several events begin, nothing says which event has begun it', async () => {
  const { client } = temporalWith({ StartTime: [run('a', -10)], CloseTime: [] });
  const recurring = { ...ping, recurs: true };
  const [pinged, ponged] = pingRoutes;
  if (!pinged || !ponged || pinged.batch || ponged.batch) throw new Error('the routes of the fixture');
  const cases = [
    [recurring, [{ ...pinged, workflow: recurring }]],
    [ping, [pinged, { ...ponged, opens: true }]],
  ] as const;
  for (const [process, routes] of cases) {
    const check = createFlowCheck({
      ...{ temporal: client, processes: [process], routes, clock: () => at(0) },
      firstStored: () => Promise.resolve(at(-11)),
    });
    expect(await check()).toEqual({ startedPerSecond: 1 / 60, endedPerSecond: 0 });
  }
});

const sample = (seconds: number, more: Partial<ThroughputSample> = {}): ThroughputSample => ({
  ...{ at: at(seconds).toISOString(), stored: 3 },
  ...more,
});

test('the browser gets a row for each later sample, with nothing where a number is unknown', () => {
  const samples = [sample(0), sample(10, { startDelays: { count: 1, p50: 0.02, p99: 0.05 } })];
  const { rows } = chartRows(samples, at(0).getTime() / 1_000);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toHaveLength(1 + CHARTS.flatMap(({ series }) => series).length);
  expect(rows[0]?.slice(0, 3)).toEqual([at(10).getTime() / 1_000, 3, null]);
  expect(rows[0]).toEqual(expect.arrayContaining([0.02, 0.05]));
  expect(chartRows(samples).rows).toHaveLength(2);
});

test('the table has the average of each minute, the latest one first', () => {
  const shown = html`${minutesTable([sample(0), sample(10, { stored: 5 }), sample(60)])}`
    .toString()
    .replace(/\s+/g, ' ');
  expect(shown.match(/<time datetime="[^"]+"/g)).toEqual([
    `<time datetime="${at(60).toISOString()}"`,
    `<time datetime="${at(0).toISOString()}"`,
  ]);
  expect(shown).toContain('<td>4/s</td>');
  expect(shown).toContain('<th scope="col">p99 of the duration</th>');
  expect(html`${minutesTable([])}`.toString()).toContain('Nothing was measured yet');
});

test('each chart has a name, its columns, and the way to a test event is for operators', () => {
  const shown = html`${throughputBody([sample(0)], true)}`.toString();
  expect([...shown.matchAll(/data-column="(\d+)"\s+data-series="(\d+)"/g)].map(([, ...of]) => of)).toEqual([
    ['1', '4'],
    ['5', '2'],
    ['7', '4'],
    ['11', '2'],
  ]);
  expect(shown).toContain('href="/test-event"');
  expect(html`${throughputBody([], false)}`.toString()).not.toContain('/test-event');
});
