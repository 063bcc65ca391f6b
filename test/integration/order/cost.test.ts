import { NativeConnection } from '@temporalio/worker';
import { createTemporalClient } from '../../../src/adapters/temporal';
import { costOfDearestCourse, DEAREST } from '../../support/order/dearest-course';
import { quietRuntime, startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../support/setup/handover';

test('what a completed order costs, when every answer comes by itself', async () => {
  quietRuntime();
  const { temporalAddress } = prepared('servers');
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const client = createTemporalClient({ address: temporalAddress, namespace: 'default' });
  const workers = await startShopWorkers({ connection, namespace: 'default' });
  try {
    const cost = await costOfDearestCourse(client, workers);
    process.stdout.write(
      `A completed order: ${cost.workflowTasks} workflow tasks, ${cost.historyEvents} history events\n`,
    );
    expect(cost).toEqual(DEAREST);
  } finally {
    await workers.stop();
    await connection.close();
    await client.connection.close();
  }
});
