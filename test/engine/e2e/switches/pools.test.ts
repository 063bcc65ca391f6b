// A paused pool in Temporal: its steps wait in the task queue, and go on when it is resumed or its time is over.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { temporal as protos } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { readQueueLimit, setQueueLimit } from '../../../../src/adapters/temporal';
import { createPoolStore, readAndEndPause } from '../../../../src/switches';
import { testTemporal } from '../../../support/bridge';
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { prepared } from '../../../support/setup/handover';
import { switchableProject, twoProcesses } from '../../../support/switches';
import { until } from '../../../support/until';

const { TASK_QUEUE_TYPE_ACTIVITY } = protos.api.enums.v1.TaskQueueType;
const QUEUE = `parcels-${randomUUID()}`;
const POOL = { pool: 'parcels', taskQueue: QUEUE };
const HOUR_MS = 60 * 60_000;
/** The server's numbers are estimates, which it makes anew every few seconds. */
const KNOWN_WITHIN_MS = 30_000;

jest.setTimeout(120_000);

let temporal: Client;
let db: TestDatabase;
let cli: TestCli;
let connection: NativeConnection;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = testTemporal();
  db = await createTestDatabase();
  connection = await NativeConnection.connect({ address: prepared('servers').temporalAddress });
  const settings = { ...serverSettings('nats://127.0.0.1:9'), DATABASE_URL: db.url };
  cli = testCli(settings, [twoProcesses], undefined, { project: () => switchableProject(QUEUE) });
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await Promise.all([connection.close(), temporal.connection.close(), db.end()]);
});

async function work(parts: Partial<Parameters<typeof Worker.create>[0]>): Promise<void> {
  const worker = await Worker.create({ connection, taskQueue: QUEUE, ...parts });
  const running = worker.run();
  stops.push(async () => {
    worker.shutdown();
    await running;
  });
}
const pause = () => cli('switches', 'pause', 'pool', 'parcels', '--why', 'a wrong price list', '--for', '1h');
const queueOfSteps = () =>
  temporal.workflowService.describeTaskQueue({
    ...{
      namespace: 'default',
      taskQueue: { name: QUEUE },
      taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
      reportStats: true,
    },
  });

const oneStepWaits = () =>
  until(
    'one step waits',
    async () => {
      const { stats } = await queueOfSteps();
      return Number(stats?.approximateBacklogCount ?? 0) === 1;
    },
    KNOWN_WITHIN_MS,
  );

test('a step of a paused pool waits for its workers, and is done once it is resumed', async () => {
  let done = 0;
  // This worker takes no steps.
  await work({ workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') } });
  expect((await pause()).code).toBe(0);
  const workflowId = `laborious-${randomUUID()}`;
  const handle = await temporal.workflow.start('laborious', { workflowId, taskQueue: QUEUE });
  await oneStepWaits();
  await work({
    activities: {
      labour: () => {
        done++;
        return Promise.resolve();
      },
    },
  });
  await until(
    'a worker asks for steps',
    async () => (await queueOfSteps()).pollers.length > 0,
    KNOWN_WITHIN_MS,
  );
  await oneStepWaits();
  expect(done).toBe(0);
  expect((await cli('switches', 'list', '-o', 'json')).json()['switches']).toMatchObject([
    { kind: 'pool', name: 'parcels', pause: { by: 'tester', why: 'a wrong price list' } },
    { kind: 'provider' },
  ]);
  expect((await cli('switches', 'resume', 'pool', 'parcels')).code).toBe(0);
  expect(await handle.result()).toMatchObject({ state: 'rested' });
  expect(done).toBe(1);
});

test('a worker ends the pause whose time is over, and no other one', async () => {
  await pause();
  const now = Date.now();
  const readAt = (ms: number) => readAndEndPause(temporal, POOL, () => new Date(ms));
  expect(await readAt(now)).toMatchObject([{ kind: 'pool', name: 'parcels', by: 'tester' }]);
  expect(await readQueueLimit(temporal, QUEUE)).toMatchObject({ perSecond: 0 });
  expect(await readAt(now + 2 * HOUR_MS)).toEqual([]);
  expect(await readQueueLimit(temporal, QUEUE)).toBeUndefined();
});

test('a limit that somebody has set on the queue stays: the pause is refused', async () => {
  await setQueueLimit(temporal, QUEUE, { perSecond: 5, reason: 'the carrier takes no more', by: 'eva' });
  const refused = await cli(
    'switches',
    'pause',
    'pool',
    'parcels',
    '--why',
    'x',
    '--for',
    '1h',
    '-o',
    'json',
  );
  expect([refused.code, refused.problem()]).toMatchObject([1, { code: 'conflict' }]);
  expect(String(refused.problem()['message'])).toContain('eva has limited');
  const store = createPoolStore(temporal, [POOL]);
  expect(await store.list()).toEqual([]);
  await store.remove('parcels', 'ada');
  const limit = { perSecond: 5, reason: 'the carrier takes no more' };
  expect(await readQueueLimit(temporal, QUEUE)).toMatchObject(limit);
  expect(await readAndEndPause(temporal, POOL, () => new Date())).toEqual([]);
  expect(await readQueueLimit(temporal, QUEUE)).toMatchObject(limit);
});
