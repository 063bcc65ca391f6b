// Which version of a pool's workers gets new work: real workers of one pool, in several versions, come and go.
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createCatalogue } from '../../../../src/contracts';
import { createRegistry } from '../../../../src/adapters/prometheus';
import {
  describeDeployment,
  setCurrentVersion,
  VersionNotPolledError,
} from '../../../../src/adapters/temporal';
import { backlogOf } from '../../../../src/adapters/temporal/deployments/backlog';
import { shop } from '../../../../domains/shop';
import { TASK_QUEUES } from '../../../../domains/shop/names';
import { appConfig } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import { notifications } from '../../../../workers/notifications';
import type { RunningRole } from '../../../../src/runtime/role';
import { workerOf } from '../../../../src/runtime/roles/worker';
import { workerPools } from '../../../../src/runtime/version';
import { deploymentOf } from '../../../support/deployment-name';
import type { TestCli } from '../../../support/cli';
import { testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { rememberingLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import { driveOrder } from '../../support/order/driver';
import { quietRuntime } from '../../../../src/testing';
import { deployShop, startShopWorkers } from '../../support/order/environment';
import { until } from '../../../support/until';

/** Activities only: it starts in a moment. */
const POOL = 'notifications';
const app = loadApp();
const DEPLOYMENT = deploymentOf(POOL);
const SEEN_WITHIN_MS = 15_000;

jest.setTimeout(60_000);

let temporal: { client: Client; address: string; namespace: string };
let records: TestDatabase;
let settings: Record<string, string>;
let running = new Set<RunningRole>();

beforeAll(async () => {
  quietRuntime();
  records = await createTestDatabase();
});
beforeEach(async () => {
  temporal = await createTestNamespace();
  settings = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    DATABASE_URL: records.url,
  };
});
afterEach(async () => {
  await Promise.all([...running].map((worker) => worker.stop()));
  running = new Set();
  await temporal.client.connection.close();
});
afterAll(() => records.end());

async function startWorker(buildId: string, ofController = false) {
  const version = ofController
    ? { TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: buildId }
    : { BUILD_ID: buildId };
  const log = rememberingLog();
  const worker = await workerOf(
    POOL,
    notifications,
  )({
    app,
    config: appConfig(app, [], { ...settings, ...version }),
    catalogue: createCatalogue([shop]),
    registry: createRegistry(POOL),
    log,
  });
  // It stops when the test is done with it.
  worker.failed?.catch(() => undefined);
  running.add(worker);
  const check = worker.checks['current-version'] as () => Promise<boolean>;
  const degraded = () => worker.degraded?.() ?? {};
  return { isReady: () => check(), degraded, log, stop: () => (running.delete(worker), worker.stop()) };
}

const current = async () => (await describeDeployment(temporal.client, DEPLOYMENT))?.current;
const version = (buildId: string) => ({ deployment: DEPLOYMENT, buildId });

function cli(buildId: string): TestCli {
  return testCli({ ...settings, BUILD_ID: buildId }, [shop], undefined, {
    pools: (config) => workerPools(app, config),
  });
}

test('a first start fills the empty place, several workers at once; what was deployed later stays when an old worker comes again', async () => {
  const first = await Promise.all([startWorker('1'), startWorker('1'), startWorker('1')]);
  await until(
    'they are ready',
    async () => (await Promise.all(first.map((each) => each.isReady()))).every(Boolean),
    SEEN_WITHIN_MS,
  );
  expect(await current()).toBe('1');

  // The next version stands beside it, ready, and gets nothing until it is deployed.
  const second = await startWorker('2');
  await until(
    'version 2 is known',
    async () => {
      const known = await describeDeployment(temporal.client, DEPLOYMENT);
      return known?.versions.some(({ buildId }) => buildId === '2');
    },
    SEEN_WITHIN_MS,
  );
  expect(await second.isReady()).toBe(true);
  expect(await current()).toBe('1');

  const set = await cli('2')('deploy', 'set-current', POOL, '-o', 'json');
  expect(set).toMatchObject({ code: 0, error: '' });
  expect(set.json()).toEqual({ set: [{ pool: POOL, deployment: DEPLOYMENT, buildId: '2', before: '1' }] });
  const again = await cli('2')('deploy', 'set-current', POOL);
  expect(again).toMatchObject({ code: 0, out: `${POOL}: 2 gets new work, as before` });

  // An old worker starts again, and one that nobody has seen before.
  await Promise.all(first.map((each) => each.stop()));
  const old = await startWorker('1');
  const unknown = await startWorker('0');
  await until(
    'both are known',
    async () => {
      const known = await describeDeployment(temporal.client, DEPLOYMENT);
      return known?.versions.length === 3;
    },
    SEEN_WITHIN_MS,
  );
  expect([await old.isReady(), await unknown.isReady(), await second.isReady()]).toEqual([true, true, true]);
  await Promise.all([old.stop(), unknown.stop()]);
  expect(await current()).toBe('2');
});

test('a version that nobody runs is refused; where it is wanted all the same, the workers say what is wrong', async () => {
  await expect(setCurrentVersion(temporal.client, version('1'))).rejects.toThrow(VersionNotPolledError);
  const worker = await startWorker('1');
  await until('it is ready', () => worker.isReady(), SEEN_WITHIN_MS);

  const refused = await cli('2')('deploy', 'set-current', POOL, '--within', '1s', '-o', 'json');
  expect(refused.code).toBe(1);
  expect(refused.problem()).toMatchObject({ code: 'not-polled' });
  expect(await current()).toBe('1');
  expect(worker.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);

  const forced = await cli('2')('deploy', 'set-current', POOL, '--unpolled');
  expect(forced).toMatchObject({ code: 0, out: `${POOL}: 2 gets new work now; before it was 1` });
  await until('it is not ready', async () => !(await worker.isReady()), SEEN_WITHIN_MS);
  const warnings = () => worker.log.lines.filter(({ level }) => level === 'warn');
  const told = async () => (await worker.isReady(), warnings().length > 0);
  await until('it says why', told, SEEN_WITHIN_MS);
  await worker.isReady();
  expect(warnings()).toEqual([
    {
      level: 'warn',
      fields: expect.objectContaining({
        buildId: '1',
        // Version 2 has never polled this queue: Temporal gives what comes to workers without a version.
        current: undefined,
        remedy: `npx sagaline deploy set-current ${POOL}`,
      }) as object,
      message: 'new work goes to a version that no worker runs',
    },
  ]);

  const status = await cli('1')('deploy', 'status');
  expect(status.code).toBe(1);
  expect(status.out).toContain(`${POOL}: new work goes to 2, and no worker of it polls`);
  expect(status.out).toMatch(/^notifications +2 +yes *$/m);
  expect(status.out).toMatch(/^ +1 \(this one\) +poll *$/m);
});

test("a worker of Temporal's worker controller is ready and not current; set-current leaves that to the controller", async () => {
  const worker = await startWorker('1', true);
  const known = () => describeDeployment(temporal.client, DEPLOYMENT);
  await until('the version is known', async () => (await known())?.versions.length === 1, SEEN_WITHIN_MS);
  expect(await worker.isReady()).toBe(true);
  expect(worker.degraded()).toMatchObject({ 'current-version': expect.any(String) as string });
  expect(await current()).toBeUndefined();

  const { namespace } = temporal.client.options;
  const identity = 'worker-controller/7';
  const managed = { namespace, deploymentName: DEPLOYMENT, identity };
  await temporal.client.workflowService.setWorkerDeploymentManager({ ...managed, managerIdentity: identity });
  const refused = await cli('1')('deploy', 'set-current', POOL, '--within', '1s', '-o', 'json');
  expect(refused.code).toBe(1);
  expect(refused.problem()).toMatchObject({
    code: 'managed',
    message: expect.stringContaining(`managed by ${identity}`) as string,
  });
  expect(await current()).toBeUndefined();
  const status = await cli('1')('deploy', 'status', '-o', 'json');
  expect(status.json()).toMatchObject({
    pools: expect.arrayContaining([expect.objectContaining({ pool: POOL, manager: identity })]) as object,
    problems: expect.arrayContaining([
      expect.stringContaining(`let ${identity} make another version current`),
    ]) as object,
  });

  // The manager itself.
  await temporal.client.workflowService.setWorkerDeploymentCurrentVersion({ ...managed, buildId: '1' });
  await until(
    'nothing is degraded',
    async () => {
      await worker.isReady();
      return Object.keys(worker.degraded()).length === 0;
    },
    SEEN_WITHIN_MS,
  );
});

test('without versions the workers poll as they always did, and nothing is current', async () => {
  settings['WORKER_VERSIONING'] = 'off';
  const worker = await startWorker('1');
  await until('it is ready', () => worker.isReady(), SEEN_WITHIN_MS);
  expect(await describeDeployment(temporal.client, DEPLOYMENT)).toBeUndefined();
  expect(await cli('1')('deploy', 'set-current')).toMatchObject({ code: 0 });
  expect(await describeDeployment(temporal.client, DEPLOYMENT)).toBeUndefined();
});

test('what comes before the workers of a version do is counted as a backlog, and theirs when they come', async () => {
  const { client, address, namespace } = temporal;
  await setCurrentVersion(client, { deployment: deploymentOf('orders'), buildId: '1' }, { unpolled: true });
  const orders = ['one', 'two', 'three'].map((id) => driveOrder(client, id));
  for (const order of orders) await order.submit();
  const waiting = () => backlogOf(client, TASK_QUEUES.orders);
  await until('three wait', async () => (await waiting()) === orders.length, SEEN_WITHIN_MS);

  const connection = await NativeConnection.connect({ address });
  const workers = await startShopWorkers({ connection, namespace, buildId: '1' });
  await deployShop(client, '1');
  await Promise.all(orders.map((order) => order.untilState('awaiting-dispatch')));
  await workers.stop();
  await connection.close();
});
