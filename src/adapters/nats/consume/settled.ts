import type { NatsConnection } from 'nats';
import { NatsError } from 'nats';
import { consumerName } from './consumer';
import { createStreamReader } from '../read/read';
import { EVENTS_STREAM } from '../streams/streams';

/** JetStream's error code for a consumer that does not exist. */
const NO_CONSUMER = 10_014;

/** Whether a group of bridges has settled an event of the stream; false also if the group has no consumer. */
export async function isSettled(
  connection: NatsConnection,
  name: string,
  sequence: number,
): Promise<boolean> {
  const message = await (await createStreamReader(connection, EVENTS_STREAM)).next('>', sequence);
  if (message?.sequence !== sequence) return false;
  // The first partition reads events that belong to no partition.
  const number = Number(/^p\.\d+\.(\d+)\./.exec(message.subject)?.[1] ?? 0);
  const manager = await connection.jetstreamManager();
  try {
    const consumer = consumerName(name, { number, settled: 0 });
    const { ack_floor } = await manager.consumers.info(EVENTS_STREAM, consumer);
    return ack_floor.stream_seq >= sequence;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_CONSUMER) return false;
    throw error;
  }
}
