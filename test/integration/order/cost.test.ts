import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { createTemporalClient } from '../../../src/adapters/temporal';
import { newOrderId } from '../../../demo/orders';
import { costOf } from '../../support/order/cost';
import { driveOrder } from '../../support/order/driver';
import { quietRuntime, startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../support/setup/handover';

/** Between two steps, so that each answer makes a workflow task of its own: the dearest course that the order can take. */
const APART_MS = 300;

test('what a completed order costs, when every answer comes by itself', async () => {
  quietRuntime();
  const { temporalAddress } = prepared('servers');
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const client = createTemporalClient({ address: temporalAddress, namespace: 'default' });
  const workers = await startShopWorkers({ connection, namespace: 'default' });
  try {
    const order = driveOrder(client, newOrderId('cost'));
    const authorising = workers.shop.hold('authorizePayment');
    await order.submit();
    await authorising.reached;
    await sleep(APART_MS);
    authorising.release();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    while (!workers.shop.log.includes('shipStock')) await sleep(APART_MS);
    await sleep(APART_MS);
    await order.delivered();
    expect((await order.result()).state).toBe('completed');

    const cost = costOf(await order.handle.fetchHistory());
    process.stdout.write(
      `A completed order: ${cost.workflowTasks} workflow tasks, ${cost.historyEvents} history events\n`,
    );
    expect(cost).toEqual({ workflowTasks: 9, historyEvents: 60 });
  } finally {
    await workers.stop();
    await connection.close();
    await client.connection.close();
  }
});
