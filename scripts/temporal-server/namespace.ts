import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

const RETENTION = msToTs('3 days');
/** The frontend answers before the other services have found each other. */
const WITHIN_MS = 60_000;
const PAUSE_MS = 200;
const CALL_MS = 5_000;

/**
 * Makes the namespace on a new server; resolves when the server knows it.
 *
 * @throws the server's last error, if it does not know the namespace within a minute
 */
export async function createNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: CALL_MS });
  const { workflowService } = connection;
  try {
    for (const until = Date.now() + WITHIN_MS; ;) {
      try {
        await workflowService
          .registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION })
          // Not up yet; or registered by a try whose answer was lost, which the next question tells.
          .catch(() => undefined);
        await workflowService.describeNamespace({ namespace });
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await sleep(PAUSE_MS);
      }
    }
  } finally {
    await connection.close();
  }
}
