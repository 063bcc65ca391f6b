import type { NatsConnection } from 'nats';
import { PARTITIONS } from '../../../contracts';
import type { Group } from '../consume/consumer';
import { ensureConsumer } from '../consume/consumer';
import { poisonBucket } from '../consume/poison-marks';
import type { Patience } from '../connection/patience';

/**
 * Makes the durable consumers of all groups and the bucket of suspected events, so that the roles need no right to
 * make any (`PROVISION=check`). Safe to repeat; an existing consumer keeps its position.
 */
export async function provisionConsumers(
  connection: NatsConnection,
  groups: readonly Group[],
  { replicas, patience }: { readonly replicas: number; readonly patience: Patience },
): Promise<void> {
  const manager = await connection.jetstreamManager();
  const partitions = Array.from({ length: PARTITIONS }, (_, number) => number);
  for (const group of groups) {
    await Promise.all(
      partitions.map((number) => patience(() => ensureConsumer(manager, group, { number, settled: 0 }))),
    );
  }
  await patience(() => poisonBucket(connection.jetstream(), { replicas }));
}
