import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createTemporalClient, registerSearchAttributes, temporalIsUp } from '../../src/adapters/temporal';
import { prepared } from './setup/handover';
import { until } from './until';

const DAY_S = 24 * 60 * 60;
/** The server reads its list of namespaces every few seconds. */
const KNOWN_WITHIN_MS = 30_000;

/** A namespace for one test file: no other file's workers poll its task queues. It has our search attributes unless `registered` is false. */
export async function createTestNamespace({ registered = true } = {}): Promise<{
  client: Client;
  address: string;
  namespace: string;
}> {
  const address = prepared('servers').temporalAddress;
  const namespace = `test-${randomUUID()}`;
  const client = createTemporalClient({ address, namespace });
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: DAY_S as never },
  });
  await until('the namespace is known', () => temporalIsUp(client), KNOWN_WITHIN_MS);
  if (!registered) return { client, address, namespace };
  await until(
    'the search attributes are there',
    () =>
      registerSearchAttributes(client).then(
        () => true,
        () => false,
      ),
    KNOWN_WITHIN_MS,
  );
  return { client, address, namespace };
}
