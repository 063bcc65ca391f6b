import { NativeConnection } from '@temporalio/worker';
import { callsIn } from '../../support/order/calls';
import {
  costOfCostliestOrder,
  costOfPlacedOrder,
  COSTLIEST,
  COSTLIEST_CALLS,
  PLACED,
  PLACED_CALLS,
} from '../../support/order/costliest-order';
import { createTestNamespace } from '../../../support/namespace';
import { quietRuntime } from '../../../../src/testing';
import { deployShop, startShopWorkers } from '../../support/order/environment';

beforeAll(quietRuntime);

test.each([
  ['by workers without versions', undefined],
  ['by workers of a version', '1'],
])('what a completed order costs, when every answer comes by itself: %s', async (by, buildId) => {
  const { client, address, namespace } = await createTestNamespace();
  const connection = await NativeConnection.connect({ address });
  const workers = await startShopWorkers({
    connection,
    namespace,
    ...(buildId === undefined ? {} : { buildId }),
  });
  try {
    if (buildId !== undefined) await deployShop(client, buildId);
    const cost = await costOfCostliestOrder(client, workers);
    process.stdout.write(
      `A completed order, ${by}: ${cost.workflowTasks} workflow tasks, ${cost.historyEvents} history events\n`,
    );
    expect(cost).toEqual(COSTLIEST);
    // The server's own workflows look after versions, in the namespace that has them.
    if (buildId === undefined) expect(await callsIn(namespace)).toEqual(COSTLIEST_CALLS);
  } finally {
    await workers.stop();
    await connection.close();
    await client.connection.close();
  }
});

test('what a completed order costs with everything placed with the pool of the orders', async () => {
  const { client, address, namespace } = await createTestNamespace();
  const connection = await NativeConnection.connect({ address });
  const workers = await startShopWorkers({ connection, namespace, placed: true });
  try {
    expect(await costOfPlacedOrder(client, workers)).toEqual(PLACED);
    expect(await callsIn(namespace)).toEqual(PLACED_CALLS);
  } finally {
    await workers.stop();
    await connection.close();
    await client.connection.close();
  }
});
