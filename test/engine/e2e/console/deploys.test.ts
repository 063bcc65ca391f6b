// The page of a version: what is pinned to it on a real server, the preview of a move, the move with its reason, and its record.
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { countPinned, setCurrentVersion } from '../../../../src/adapters/temporal';
import { CORRELATION_ID, SAGA_STATE } from '../../../../src/contracts';
import type { TestCli } from '../../../support/cli';
import { testCli } from '../../../support/cli';
import { personAt, testConsole } from '../../../support/console';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pingDomain } from '../../../support/ping/domain';
import { PING_QUEUE } from '../../../support/ping/names';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

const DEPLOYMENT = 'sagaline-pings';
const POOLS = [
  {
    ...{ pool: 'pings', taskQueue: PING_QUEUE, hasWorkflows: true },
    version: { deployment: DEPLOYMENT, buildId: '2' },
  },
];
const OPEN = 3;
// A worker's first poll of a version takes the server some seconds.
jest.setTimeout(60_000);

let db: TestDatabase;
let nats: TestNats;
let temporal: { client: Client; address: string; namespace: string };
let connection: NativeConnection;
let app: FastifyInstance;
let cli: TestCli;
let ada: Awaited<ReturnType<typeof personAt>>;
let rita: typeof ada;
let second: { stop(): Promise<void> };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [db, nats, temporal] = await Promise.all([createTestDatabase(), startTestNats(), createTestNamespace()]);
  const { client, address, namespace } = temporal;
  connection = await NativeConnection.connect({ address });
  const servers = { nats, temporal: client, db, pools: POOLS };
  app = await testConsole(servers, { domains: [pingDomain], processes: pingDomain.workflows });
  [ada, rita] = await Promise.all([personAt(app, 'ada'), personAt(app, 'rita')]);
  cli = testCli(
    { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, DATABASE_URL: db.url },
    undefined,
    undefined,
    {
      pools: () => POOLS,
      replayer: () =>
        Promise.resolve({
          replay: (_, workflowId) => Promise.resolve({ kind: 'replays', workflowId }),
          close: () => Promise.resolve(),
        }),
    },
  );

  const first = await startVersion('1');
  await setCurrentVersion(client, { deployment: DEPLOYMENT, buildId: '1' }, { withinMs: 30_000 });
  for (let number = 1; number <= OPEN; number++)
    await client.workflow.start('ping', {
      ...{ workflowId: `ping-k${number}`, taskQueue: PING_QUEUE, args: [{ key: `k${number}` }] },
      typedSearchAttributes: [
        { key: SAGA_STATE, value: 'pinging' },
        { key: CORRELATION_ID, value: `k${number}` },
      ],
    });
  await until('all are pinned', async () => (await pinnedTo('1')) === OPEN);
  second = await startVersion('2');
  await setCurrentVersion(client, { deployment: DEPLOYMENT, buildId: '2' }, { withinMs: 30_000 });
  await first.stop();
}, 90_000);
afterAll(async () => {
  await app.close();
  await second.stop();
  await connection.close();
  await Promise.all([nats.stop(), temporal.client.connection.close(), db.end()]);
});

async function startVersion(buildId: string) {
  const worker = await Worker.create({
    ...{ connection, namespace: temporal.namespace, taskQueue: PING_QUEUE },
    workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') },
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT, buildId },
      ...{ useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    },
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
    },
  };
}
const pinnedTo = (buildId: string) => countPinned(temporal.client, { deployment: DEPLOYMENT, buildId });

test('open workflows are moved after a preview and with a reason, by an operator only', async () => {
  const shown = (await rita.get('/deploys/pings/1')).body;
  expect(shown).toContain('ping-k1');
  expect(shown).toContain('began');
  expect(shown).toContain('nothing on record');
  expect(shown).not.toContain('action="/deploys/pings/1/move"');
  expect((await ada.get('/deploys/pings/1')).body).toContain('action="/deploys/pings/1/move"');

  const replayed = await cli('replay', '--from-server', '--record', '-o', 'json');
  expect([replayed.code, replayed.json()]).toEqual([0, { histories: OPEN, findings: [] }]);
  const preview = await ada.get('/deploys/pings/1/move?to=2');
  expect(preview.body).toContain(`${OPEN} of ${OPEN} histories replay (ping), tester`);
  expect(preview.body).toContain(`The first ${OPEN} of ${OPEN}`);
  expect(await pinnedTo('1')).toBe(OPEN);

  const said = await cli('deploy', 'move', 'pings', '--from', '1', '--dry-run', '-o', 'json');
  expect(said.json()).toEqual({
    ...{ pool: 'pings', from: '1', to: '2', pinned: OPEN, polled: true },
    first: expect.arrayContaining(['ping-k1', 'ping-k2', 'ping-k3']) as string[],
  });
  expect(await pinnedTo('1')).toBe(OPEN);

  const move = (fields: Record<string, string>, who = ada) => who.send('/deploys/pings/1/move', fields);
  expect((await move({ to: '2', reason: ' ' })).statusCode).toBe(422);
  expect((await move({ to: '2', reason: 'a try' }, rita)).statusCode).toBe(403);
  expect((await move({ to: '3', reason: 'a try' })).statusCode).toBe(404);
  expect((await move({ to: '1', reason: 'a try' })).statusCode).toBe(409);
  expect(await pinnedTo('1')).toBe(OPEN);

  expect((await move({ to: '2', reason: 'its workers <have> gone' })).statusCode).toBe(303);
  await until('all are moved', async () => (await pinnedTo('2')) === OPEN);
  const after = (await rita.get('/deploys/pings/1')).body;
  expect(after).toContain('its workers &lt;have&gt; gone');
  expect(after).toMatch(/<td>ada<\/td>\s*<td>1<\/td>\s*<td>2<\/td>\s*<td>3<\/td>/);
  expect((await ada.get('/deploys/pings/1/move?to=2')).body).toContain('there is nothing to move');
});

test('what nobody knows is said', async () => {
  expect((await rita.get('/deploys/pongs/1')).body).toContain('unknown-pool');
  const unknown = await rita.get('/deploys/pings/no-such');
  expect([unknown.statusCode, unknown.body]).toEqual([404, expect.stringContaining('unknown-version')]);
  expect((await rita.get(`/deploys/pings/${encodeURIComponent("1' OR '1")}`)).statusCode).toBe(422);
});
