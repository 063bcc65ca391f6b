// What one look at real servers finds: streams, partitions, workflows by state, failing steps, dead letters, outbox, queues.
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { systemMetrics } from '../../../../src/adapters/prometheus';
import { cutShortSince, setCurrentVersion } from '../../../../src/adapters/temporal';
import { consumeEvents, createDeadLetters } from '../../../../src/adapters/nats';
import { CORRELATION_ID, SAGA_STATE } from '../../../../src/contracts';
import { discardDeadLetter } from '../../../../src/dead-letters';
import type { Observability, Part, PartName, SystemSnapshot } from '../../../../src/observability';
import { startObservability } from '../../../../src/observability';
import { watchWork } from '../../../../src/runtime/roles/work-watch';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { deadLetterTools } from '../../../support/dead-letters';
import { silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { PING_QUEUE } from '../../../support/ping/names';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

const POOL = { pool: 'pings', taskQueue: PING_QUEUE, hasWorkflows: true, deployment: 'sagaline-pings' };
const VERSION = { deployment: POOL.deployment, buildId: 'b1' };

let nats: TestNats;
let db: TestDatabase;
let temporal: Client;
let address: string;
let observability: Observability;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  nats = await startTestNats();
  db = await createTestDatabase();
  ({ client: temporal, address } = await createTestNamespace());
  observability = startObservability({
    nats: nats.connection,
    temporal,
    database: db.database,
    groups: [{ group: 'watched', kind: 'bridge' }],
    processes: [],
    pools: [POOL],
    faster: 50,
  });
});
afterAll(async () => {
  await observability.stop();
  await temporal.connection.close();
  await db.end();
  await nats.stop();
});

type DataOf<Name extends PartName> = SystemSnapshot[Name] extends Part<infer Data> ? Data : never;

function known<Name extends PartName>(name: Name): DataOf<Name> | undefined {
  const part = observability.latest()[name];
  return part.kind === 'known' ? (part.data as DataOf<Name>) : undefined;
}

const untilKnown = <Name extends PartName, Found>(
  name: Name,
  what: string,
  find: (data: DataOf<Name>) => Found,
) =>
  until(what, () => {
    const data = known(name);
    return data && find(data);
  });

test('an event that no process takes is lag of its partition, with its key and its age, until one takes it', async () => {
  const released = consumeEvents(nats.connection, {
    name: 'watched',
    log: silentLog,
    handle: () => Promise.resolve(),
  });
  const first = await released;
  await first.stop();
  await nats.connection.jetstream().publish('evt.pings.pinged.v2.k-1', '{}');
  const group = await untilKnown('partitions', 'the lag', ([found]) =>
    found?.lag === 1 ? found : undefined,
  );
  expect(group).toMatchObject({ group: 'watched', kind: 'bridge', attended: 0 });
  expect(group.partitions).toHaveLength(64);
  const [behind] = group.partitions.filter(({ lag }) => lag > 0);
  expect(behind?.oldest).toMatchObject({ subject: 'evt.pings.pinged.v2.k-1', key: 'k-1', sequence: 1 });
  expect(group.oldestSeconds).toBe(behind?.oldest?.ageSeconds);

  const second = await consumeEvents(nats.connection, {
    name: 'watched',
    log: silentLog,
    handle: (delivery) => {
      delivery.settle();
      return Promise.resolve();
    },
  });
  const after = await untilKnown('partitions', 'it is settled', ([found]) =>
    found?.lag === 0 && found.attended === 64 ? found : undefined,
  );
  expect(after.oldestSeconds).toBe(0);
  await second.stop();
});

test('workflows are counted by state with the oldest of each, and a failing step is found with its cause', async () => {
  const start = (workflowId: string, state: string) =>
    temporal.workflow.start('nobodys', {
      ...{ workflowId, taskQueue: 'nobody', args: [] },
      typedSearchAttributes: [{ key: SAGA_STATE, value: state }],
    });
  const handles = [
    await start('first', 'waiting'),
    await start('second', 'waiting'),
    await start('third', 'step-stuck'),
  ];
  const states = await untilKnown('sagas', 'three workflows', ({ open, states: found }) =>
    open === 3 && found.length === 2 ? found : undefined,
  );
  expect(states).toMatchObject([
    {
      workflow: 'nobodys',
      state: 'waiting',
      count: 2,
      waitsForPerson: false,
      oldest: { workflowId: 'first' },
    },
    {
      workflow: 'nobodys',
      state: 'step-stuck',
      count: 1,
      waitsForPerson: true,
      oldest: { workflowId: 'third' },
    },
  ]);
  await Promise.all(handles.map((handle) => handle.terminate()));

  const backlog = await temporal.workflow.start('laborious', {
    workflowId: 'l-1',
    taskQueue: PING_QUEUE,
    args: [],
  });
  const connection = await NativeConnection.connect({ address });
  let fails = true;
  const worker = await Worker.create({
    ...{ connection, namespace: temporal.options.namespace, taskQueue: PING_QUEUE },
    workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') },
    activities: {
      labour: () =>
        fails ? Promise.reject(new Error('no power at 10.0.0.1:8080, order o-12345')) : Promise.resolve(),
    },
    workerDeploymentOptions: {
      version: { deploymentName: VERSION.deployment, buildId: VERSION.buildId },
      ...{ useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
    },
  });
  const running = worker.run();
  await setCurrentVersion(temporal, VERSION, { withinMs: 20_000 });
  const struggle = await untilKnown('struggles', 'the failing step', ({ groups }) =>
    groups.find(({ mostAttempts }) => mostAttempts > 2),
  );
  expect(struggle).toMatchObject({
    ...{ workflow: 'laborious', step: 'labour', count: 1, cause: 'no power at …, order …' },
    samples: [{ workflowId: 'l-1', state: 'labouring' }],
    states: { labouring: 1 },
    versions: [{ ...VERSION, count: 1 }],
  });
  const pool = await untilKnown('pools', 'the version is current', ([found]) =>
    found?.served === true && found.current === 'b1' ? found : undefined,
  );
  expect(pool).toMatchObject({
    pollers: 1,
    versions: [{ buildId: 'b1', current: true, status: 'current', pollers: 1 }],
  });
  fails = false;
  await backlog.result();
  await untilKnown('struggles', 'the step is done', ({ groups }) => groups.length === 0);

  worker.shutdown();
  await running;
  await connection.close();
  const waiting = await temporal.workflow.start('laborious', {
    workflowId: 'l-2',
    taskQueue: PING_QUEUE,
    args: [],
  });
  const queue = await untilKnown('queues', 'the task waits for the version', (queues) =>
    queues.find(({ backlog: tasks }) => tasks > 0),
  );
  expect(queue).toMatchObject({
    taskQueue: PING_QUEUE,
    kind: 'workflow',
    buildId: 'b1',
    current: true,
    backlog: 1,
  });
  await waiting.terminate();
});

test('a terminated process is cut short until a later workflow of its key runs', async () => {
  const since = new Date();
  const start = (workflow: string, workflowId: string, key: string) =>
    temporal.workflow.start(workflow, {
      ...{ workflowId, taskQueue: 'nobody', args: [] },
      typedSearchAttributes: [{ key: CORRELATION_ID, value: key }],
    });
  for (const key of ['k-1', 'k-2']) await (await start('ended', `ended-${key}`, key)).terminate();
  await (await start('of-another-type', 'another-k-3', 'k-3')).terminate();
  const repair = await start('repair', 'repair-k-2', 'k-2');
  await until('only the one without a repair', async () => {
    const found = await cutShortSince(temporal, { types: ['ended'], since });
    return isDeepStrictEqual(
      found.map(({ workflowId, status }) => [workflowId, status]),
      [['ended-k-1', 'TERMINATED']],
    );
  });
  await repair.terminate();
  await until('a repair that was terminated is none', async () => {
    const found = await cutShortSince(temporal, { types: ['ended'], since });
    return found.length === 2;
  });
});

test('a role that consumes says in words that events wait, and that nobody polls for its workflows', async () => {
  await nats.connection.jetstream().publish('evt.pings.pinged.v2.k-2', '{}');
  const work = watchWork({
    ...{ nats: nats.connection, groups: [{ name: 'watched' }], everyMs: 20, lateMs: 10 },
    workflows: { temporal, taskQueues: ['nobody'] },
  });
  const degraded = () => work.degraded();
  await until('both', () => Object.keys(degraded()).length === 2);
  expect(degraded()).toEqual({
    'lag-of-watched': expect.stringMatching(/^events of 1 partitions wait, the oldest for \d+ s: runbooks/),
    'pool-nobody': expect.stringMatching(/^nobody polls "nobody" for workers without a version/),
  });
  const consumption = await consumeEvents(nats.connection, {
    name: 'watched',
    log: silentLog,
    handle: (delivery) => {
      delivery.settle();
      return Promise.resolve();
    },
  });
  await until('no event waits', () => Object.keys(degraded()).length === 1);
  await consumption.stop();
  await work.stop();
});

test('open dead letters are counted by reason; one that was dealt with is not', async () => {
  const deadLetters = createDeadLetters(nats.connection.jetstream(), () => new Date());
  for (const sequence of [11, 12, 13])
    await deadLetters.publish({
      delivery: {
        ...{ subject: `evt.pings.pinged.v2.k-${sequence}`, headers: {}, body: new Uint8Array() },
        ...{ stream: 'EVENTS', sequence, deliveryCount: 1, storedAt: new Date() },
      },
      rejection: { reason: sequence === 13 ? 'late' : 'not-json', detail: 'for the test' },
    });
  await untilKnown('deadLetters', 'all three', ({ open, building }) => open === 3 && !building);
  await discardDeadLetter(await deadLetterTools(nats.connection), 1, { by: 'tester', why: 'a test' });
  const { reasons } = await untilKnown('deadLetters', 'two are open', (found) =>
    found.open === 2 ? found : undefined,
  );
  expect(reasons).toMatchObject([
    { reason: 'not-json', context: 'pings', count: 1, samples: [2] },
    { reason: 'late', context: 'pings', count: 1, samples: [3] },
  ]);
});

test('rows of the outbox are counted by lane, and everything is exported', async () => {
  await db.database.query(
    `insert into sagaline.outbox (entity, event_id, source, subject, body)
     values ('e-1', 'i-1', 'tests', 'evt.pings.pinged.v2.k-1', '')`,
  );
  await untilKnown('outbox', 'the row', ({ lanes }) => lanes[0]?.waiting === 1);
  await untilKnown('streams', 'the streams', (streams) => streams.length === 4);
  const registry = new Registry();
  systemMetrics(registry, () => observability.latest());
  const text = await registry.metrics();
  for (const line of [
    'sagaline_outbox_rows{lane="evt"} 1',
    'sagaline_group_lag{group="watched"} 0',
    'sagaline_group_attended_partitions{group="watched"} 0',
    'sagaline_dead_letters_open{reason="late",context="pings"} 1',
    'sagaline_system_part_up{part="sagas"} 1',
    'sagaline_pool_served{pool="pings"}',
    'sagaline_stream_bytes{stream="EVENTS"}',
  ])
    expect(text).toContain(line);
});
