// What fails and is tried again is in a list before anybody is asked, in whatever state its workflow is.
import { NativeConnection } from '@temporalio/worker';
import { quietRuntime } from '../../../../src/testing';
import { driveOrder } from '../../support/order/driver';
import { startShopWorkers } from '../../support/order/environment';
import { createTestNamespace } from '../../../support/namespace';
import { testCli } from '../../../support/cli';
import { until } from '../../../support/until';

jest.setTimeout(60_000);
beforeAll(quietRuntime);

interface Listed {
  retrying: { workflowId: string; state: string; step: string; attempts: number; lastFailure: string }[];
  causes: { step: string; count: number }[];
  lookedAt: number;
  more: boolean;
}

test('steps that fail are listed with attempts, since when, and the last failure', async () => {
  const { client, address, namespace } = await createTestNamespace();
  const connection = await NativeConnection.connect({ address });
  const workers = await startShopWorkers({ connection, namespace });
  const cli = testCli({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
  const retrying = async (...args: string[]) =>
    (await cli('sagas', 'retrying', '-o', 'json', ...args)).json() as unknown as Listed;
  const listed = (orderId: string) =>
    until(`${orderId} is listed`, async () =>
      (await retrying('--for', '1s')).retrying.find((each) => each.workflowId === `order-${orderId}`),
    );
  try {
    const booking = driveOrder(client, 'booking');
    workers.shop.fail('createShipment', new Error('the carrier is closed'), 1_000);
    await booking.submit();
    expect(await listed('booking')).toMatchObject({
      state: 'placing',
      step: 'createShipment',
      attempts: expect.any(Number),
      since: expect.stringMatching(/^\d{4}-/),
      lastFailure: 'the carrier is closed',
    });

    // One that only waits is not there.

    const pending = driveOrder(client, 'idle');
    await pending.submit({ paymentToken: 'tok_pending_forever' });
    await until('the idle order is looked at', async () => (await retrying('--for', '1s')).lookedAt === 2);
    const both = await retrying('--for', '1s');
    expect(both.retrying.map(({ workflowId }) => workflowId)).toEqual(['order-booking']);
    expect(both.causes).toEqual([{ step: 'createShipment', lastFailure: 'the carrier is closed', count: 1 }]);

    expect((await retrying('--for', '1h')).retrying).toEqual([]);
    expect(await retrying('--look-at', '1')).toMatchObject({ lookedAt: 1, more: true });
    expect(await retrying('--query', 'SagaState = "completed"')).toMatchObject({ lookedAt: 0 });
    const text = await cli('sagas', 'retrying', '--for', '1s');
    expect(text.out).toContain('createShipment');
    expect(text.out).toContain('2 open workflows looked at');
    for (const order of [booking, pending]) await order.handle.terminate('the test is over');
  } finally {
    await workers.stop();
    await connection.close();
    await client.connection.close();
  }
});
