// What a completed order costs on the real server: the same as on the development server.
import { NativeConnection } from '@temporalio/worker';
import { createTemporalClient, registerSearchAttributes } from '../../../src/adapters/temporal';
import { costOfCostliestOrder, COSTLIEST } from '../../shop/support/order/costliest-order';
import { quietRuntime } from '../../../src/testing';
import { startShopWorkers } from '../../shop/support/order/environment';
import buildBundles from '../../support/setup/bundles';
import type { Cluster } from './cluster';
import { NAMESPACE } from './cluster';

/** To be called before Sagaline's own workers run: it has workers of its own, on fakes, on the same task queues. */
export async function compareCost({ address }: Cluster, say: (line: string) => void): Promise<string[]> {
  await buildBundles();
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const client = createTemporalClient({ address, namespace: NAMESPACE });
  await registerSearchAttributes(client);
  const workers = await startShopWorkers({ connection, namespace: NAMESPACE });
  try {
    const cost = await costOfCostliestOrder(client, workers);
    const text = ({ workflowTasks, historyEvents }: typeof cost) =>
      `${workflowTasks} workflow tasks, ${historyEvents} history events`;
    say(`a completed order costs ${text(cost)}; on the development server ${text(COSTLIEST)}`);
    return text(cost) === text(COSTLIEST) ? [] : [`cost: ${text(cost)}, expected ${text(COSTLIEST)}`];
  } finally {
    await workers.stop();
    await connection.close();
    await client.connection.close();
  }
}
