// The old workers have gone too early: `deploy status` says that open orders wait for nobody, `deploy move` gives them to
// the workers that are there.
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { countPinned } from '../../../../src/adapters/temporal/deployments/pinned';
import { shop } from '../../../../domains/shop';
import { appConfig } from '../../../../src/runtime/config';
import { deploy } from '../../../../src/runtime/deploy';
import { loadApp } from '../../../../src/runtime/load';
import { workerPools } from '../../../../src/runtime/version';
import { deploymentOf } from '../../../support/deployment-name';
import { testCli } from '../../../support/cli';
import { rememberingLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import { prepared } from '../../../support/setup/handover';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { quietRuntime } from '../../../../src/testing';
import { deployShop, startShopWorkers } from '../../support/order/environment';
import { until } from '../../../support/until';

const ORDERS = 3;

const app = loadApp();
jest.setTimeout(60_000);

let temporal: { client: Client; address: string; namespace: string };
let connection: NativeConnection;
const running: ShopWorkers[] = [];

beforeAll(async () => {
  quietRuntime();
  temporal = await createTestNamespace();
  connection = await NativeConnection.connect({ address: temporal.address });
});
afterAll(async () => {
  for (const workers of running) await workers.stop();
  await connection.close();
  await temporal.client.connection.close();
});

test('open orders whose version nobody runs any more are told of, and go on with another one when they are moved', async () => {
  const { client, address, namespace } = temporal;
  const settings = {
    ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, BUILD_ID: '2' },
    DATABASE_URL: prepared('servers').databaseUrl,
  };
  const cli = (...args: string[]) =>
    testCli(settings, [shop], undefined, { pools: (config) => workerPools(app, config) })(
      'deploy',
      ...args,
      '-o',
      'json',
    );

  const before = await startShopWorkers({ connection, namespace, buildId: '1' });
  running.push(before);
  await deployShop(client, '1');
  const orders = Array.from({ length: ORDERS }, (_, index) =>
    driveOrder(client, `open-${index}`, before.shop),
  );
  await Promise.all(orders.map((order) => order.submit()));
  await Promise.all(orders.map((order) => order.untilState('awaiting-dispatch')));
  await before.stop();
  running.push(await startShopWorkers({ connection, namespace, buildId: '2', shop: before.shop }));

  const ofVersion1 = { deployment: deploymentOf('orders'), buildId: '1' };
  await until('all are bound', async () => (await countPinned(client, ofVersion1)) === ORDERS);
  const log = rememberingLog();
  await deploy(app, appConfig(app, [], settings), log);
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { fields: { ...ofVersion1, pinned: ORDERS } },
  ]);

  const ofOrders = async () => {
    const { pools } = (await cli('status')).json() as { pools: { pool: string; versions: object[] }[] };
    return pools.find(({ pool }) => pool === 'orders');
  };
  expect(await ofOrders()).toMatchObject({
    own: '2',
    current: '2',
    served: true,
    versions: [
      { buildId: '2', polled: true, pinned: 0 },
      { buildId: '1', pinned: ORDERS },
    ],
  });
  for (const order of orders) await order.dispatched();

  expect((await cli('move', 'orders', '--from', '1', '--to', '3')).problem()).toMatchObject({
    code: 'unknown-version',
  });
  expect((await cli('move', 'ordes', '--from', '1')).problem()).toMatchObject({ code: 'unknown-pool' });
  expect((await cli('move', 'orders', '--from', '2')).problem()).toMatchObject({ code: 'same-version' });

  const moved = await cli('move', 'orders', '--from', '1');
  expect(moved.json()).toEqual({ pool: 'orders', from: '1', to: '2', moved: ORDERS });
  for (const order of orders) await order.delivered();
  expect(await Promise.all(orders.map((order) => order.result()))).toMatchObject(
    orders.map(() => ({ state: 'completed' })),
  );
});
