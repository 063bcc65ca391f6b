import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { FAILURES } from '../../../src/contracts';
import { EVENTS } from '../../../domains/shop/names';
import { createFakeShop } from '../support/fakes';
import { driveOrder } from '../support/order/driver';
import { startSkippingServer } from '../../../src/testing';
import { startShopWorkers } from '../support/order/environment';

/** What comes while no worker is there is all in the workflow's first task. */
let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());

test('early notification is not lost when its workflow is cancelled in the UI before a worker has seen it', async () => {
  const order = driveOrder(env.client, 'unattended', createFakeShop());
  await order.authorized();
  await order.handle.cancel();
  const workers = await startShopWorkers({ connection: env.nativeConnection, namespace: 'default' });
  try {
    await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
    const deadLettered = workers.shop.deadLetters.deadLettered.map(({ event, reason }) => [
      event.type,
      reason,
    ]);
    expect(deadLettered).toEqual([[EVENTS.paymentAuthorized, 'unmatched']]);
  } finally {
    await workers.stop();
  }
});
