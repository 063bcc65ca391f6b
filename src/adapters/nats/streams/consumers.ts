import type { JetStreamManager, NatsConnection } from 'nats';
import type { Group } from '../consume/consumer';
import { consumersOf, ensureConsumer } from '../consume/consumer';
import { poisonBucket } from '../consume/poison-marks';
import type { Patience } from '../connection/patience';
import { POISON_DETECTION_STREAM } from './wanted-streams';

/**
 * Makes the durable consumers of all groups and the bucket of suspected events, so that the roles need no right to
 * make any (`PROVISION=check`). Safe to repeat; an existing consumer keeps its position, and an existing bucket gets its replicas.
 */
export async function provisionConsumers(
  connection: NatsConnection,
  groups: readonly Group[],
  { replicas, patience }: { readonly replicas: number; readonly patience: Patience },
): Promise<void> {
  const manager = await connection.jetstreamManager();
  for (const group of groups) {
    const numbers = Array.from({ length: consumersOf(group).count }, (_, number) => number);
    await Promise.all(
      numbers.map((number) => patience(() => ensureConsumer(manager, group, { number, settled: 0 }))),
    );
  }
  await patience(() => poisonBucket(connection.jetstream(), { replicas }));
  await patience(() => replicateBucket(manager, replicas));
}

/** The client changes nothing of a bucket that exists. */
async function replicateBucket(manager: JetStreamManager, replicas: number): Promise<void> {
  const { config } = await manager.streams.info(POISON_DETECTION_STREAM);
  if (config.num_replicas !== replicas)
    await manager.streams.update(POISON_DETECTION_STREAM, { num_replicas: replicas });
}
