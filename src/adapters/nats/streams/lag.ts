import type { ConsumerInfo, JetStreamManager, NatsConnection } from 'nats';
import { NatsError } from 'nats';
import type { StoredMessage, StreamReader } from '../../../contracts';
import { originalSubject, storedIn } from '../../../contracts';
import type { Group } from '../consume/consumer';
import { consumerName, consumersOf } from '../consume/consumer';
import { createStreamReader } from '../read/read';
import { EVENTS_STREAM } from './wanted-streams';

/** What is not settled in one partition of a group of processes, or in one lane of a group that takes batches. */
export interface PartitionLag {
  readonly partition: number;
  /** Events that are not settled: those that wait, and the one in flight. */
  readonly lag: number;
  readonly inFlight: number;
  /** Events that were delivered more than once and are not settled. */
  readonly redelivered: number;
  /** Whether a process asks for events of the partition, or has one in flight. */
  readonly attended: boolean;
  /** Stream sequence up to which all events are settled. */
  readonly settled: number;
  /** Events that the consumer has acknowledged so far; a repeated one counts again. */
  readonly acknowledged: number;
  /** The event that is next to be settled. */
  readonly oldest?: Pick<StoredMessage, 'sequence' | 'subject' | 'storedAt'>;
}

/** JetStream's error code for a consumer that does not exist. */
const CONSUMER_NOT_FOUND = 10_014;
/** A group that takes more kinds of events than this has the oldest one read without regard to their kind. */
const MOST_FILTERS = 8;

/**
 * Reads what a group has not settled yet, by partition, without those whose consumer does not exist. This takes a
 * request for each partition, and one for the oldest event of each that has one.
 */
export async function readLag(
  connection: NatsConnection,
  group: Pick<Group, 'name' | 'batch'>,
): Promise<readonly PartitionLag[]> {
  const manager = await connection.jetstreamManager();
  const reader = await createStreamReader(connection, EVENTS_STREAM);
  const place = group.batch ? storedIn.lane : storedIn.partition;
  const partitions = Array.from({ length: consumersOf(group).count }, (_, number) => number);
  const lags = await Promise.all(
    partitions.map(async (number) => {
      const info = await findConsumer(manager, consumerName(group.name, { number, settled: 0 }));
      return info === undefined ? [] : [await lagOf(info, number, { reader, all: `${place(number)}.>` })];
    }),
  );
  return lags.flat();
}

async function findConsumer(manager: JetStreamManager, name: string): Promise<ConsumerInfo | undefined> {
  try {
    return await manager.consumers.info(EVENTS_STREAM, name);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === CONSUMER_NOT_FOUND) return undefined;
    throw error;
  }
}

interface Source {
  readonly reader: StreamReader;
  /** The subjects of the consumer's partitions, of any kind of event. */
  readonly all: string;
}

async function lagOf(info: ConsumerInfo, partition: number, source: Source): Promise<PartitionLag> {
  const { num_pending: waiting, num_ack_pending: inFlight, num_waiting: requests, ack_floor: floor } = info;
  const lag = waiting + inFlight;
  const oldest = lag === 0 ? undefined : await oldestOf(info, source);
  return {
    ...{ partition, lag, inFlight, redelivered: info.num_redelivered, attended: requests + inFlight > 0 },
    ...{ settled: floor.stream_seq, acknowledged: floor.consumer_seq },
    ...(oldest && { oldest }),
  };
}

async function oldestOf(
  { config, ack_floor: floor }: ConsumerInfo,
  { reader, all }: Source,
): Promise<PartitionLag['oldest']> {
  const own = config.filter_subjects ?? [config.filter_subject ?? '>'];
  const filters = own.length > MOST_FILTERS ? [all] : own;
  const found = await Promise.all(filters.map((filter) => reader.next(filter, floor.stream_seq + 1)));
  const [first] = found
    .flatMap((message) => message ?? [])
    .sort((one, other) => one.sequence - other.sequence);
  return (
    first && {
      ...{ sequence: first.sequence, storedAt: first.storedAt },
      subject: originalSubject(first.subject),
    }
  );
}
