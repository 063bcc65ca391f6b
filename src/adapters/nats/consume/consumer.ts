import type { ConsumerConfig, ConsumerInfo, JetStreamManager } from 'nats';
import { AckPolicy, DeliverPolicy, nanos, NatsError } from 'nats';
import { LANES, PARTITIONS, storedIn } from '../../../contracts';
import { differencesOf } from '../streams/differences';
import { EVENTS_STREAM } from '../streams/wanted-streams';

/**
 * After this time without a heartbeat the server gives an event to another bridge. The bridge sends three heartbeats
 * in this time.
 */
export const ACK_WAIT_MS = 4_000;
/** Creating a consumer with the same name and settings is idempotent; with other settings it is one of these errors. */
const CONSUMER_EXISTS: ReadonlySet<number> = new Set([10_148, 10_012]);

/**
 * How long a passing consumer outlives its process. A process that was away for longer creates new consumers at its
 * last position.
 */
const PASSING_MS = 60_000;

/** Processes that share the work: each event goes to one of them. */
export interface Group {
  /** Part of the consumers' names. */
  readonly name: string;
  /** Subject spaces such as `evt.orders.submitted.v1`, each without its key. Default: all events. */
  readonly subjects?: readonly string[];
  /**
   * Whether the group is a single process. It gets the events from its start on, and its consumers are removed after
   * its end.
   */
  readonly passing?: boolean;
  /** For a group that takes batches, which has its position in a database: the most events of one batch. */
  readonly batch?: { readonly size: number };
}

/**
 * A batch is not acknowledged before its transaction has ended, for which PostgreSQL has 10 s. After the kill of a
 * member its events come again after this time.
 */
const BATCH_ACK_WAIT_MS = 10_000;
/** One batch is with the handler while the next one arrives. */
const BATCHES_READ_AHEAD = 2;

/** How many durable consumers a group has, and how many events of each are in memory at most. */
export function consumersOf({ batch }: Pick<Group, 'batch'>): {
  readonly count: number;
  readonly ahead: number;
} {
  return batch ? { count: LANES, ahead: batch.size * BATCHES_READ_AHEAD } : { count: PARTITIONS, ahead: 1 };
}

/** `create`: missing streams and consumers are made. `check`: they are only checked, because an operator makes them. */
export type Provision = 'create' | 'check';

/** One partition, as this process knows it. */
export interface Partition {
  readonly number: number;
  /** Stream sequence up to which all events of the partition are settled, as far as this process knows. */
  settled: number;
  /** Creation time of the stream to which `settled` refers. */
  streamCreated?: string;
}

export function consumerName(name: string, { number }: Partition): string {
  return `${name}-${String(number).padStart(2, '0')}`;
}

/**
 * Makes the partition's consumer, or only checks it if an operator makes consumers. An existing consumer keeps its
 * position, and gets the settings that may change. A deleted consumer starts at the last position that this process
 * knows, or at the beginning if the stream is another one.
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  group: Group,
  partition: Partition,
  provision: Provision = 'create',
): Promise<void> {
  const { created, state } = await manager.streams.info(EVENTS_STREAM);
  // A new or restored stream counts from a lower number: going on from the old one would skip events.
  if (created !== partition.streamCreated || state.last_seq < partition.settled) {
    const isFirst = partition.streamCreated === undefined;
    partition.settled = isFirst && group.passing === true ? state.last_seq : 0;
  }
  partition.streamCreated = created;
  const isOurs = provision === 'create' || group.passing === true;
  const { ack_floor } = await (isOurs ? addOrUpdate : checked)(manager, group, partition);
  partition.settled = Math.max(partition.settled, ack_floor.stream_seq);
}

/**
 * Checks the partition's consumer.
 *
 * @throws ConsumerMismatchError when its settings differ, NatsError when it is missing
 */
async function checked(manager: JetStreamManager, group: Group, partition: Partition): Promise<ConsumerInfo> {
  const name = consumerName(group.name, partition);
  const consumer = await manager.consumers.info(EVENTS_STREAM, name);
  const differences = consumerDifferences(consumer.config, group, partition);
  if (differences.length > 0) throw new ConsumerMismatchError(name, differences);
  return consumer;
}

/** Thrown with `PROVISION=check` when an existing consumer differs from what it must be. */
export class ConsumerMismatchError extends Error {
  override readonly name = 'ConsumerMismatchError';
  constructor(
    readonly consumer: string,
    readonly differences: readonly string[],
  ) {
    super(
      `the consumer ${consumer} of ${EVENTS_STREAM} is not as it must be:\n` +
        differences.map((difference) => `  - ${difference}`).join('\n'),
    );
  }
}

/** The settings that a durable consumer must have. Its creator chooses where it starts. */
export function durableConsumer(group: Group, partition: Partition): Partial<ConsumerConfig> {
  return {
    durable_name: consumerName(group.name, partition),
    ack_policy: AckPolicy.Explicit,
    ...changeableOf(group, partition),
  };
}

/** The settings that decide about order and loss. A consumer that pushes would never answer a request. */
const CHECKED = [
  ...(['ack_policy', 'ack_wait', 'max_ack_pending', 'max_deliver'] as const),
  ...(['filter_subject', 'filter_subjects', 'deliver_subject', 'inactive_threshold'] as const),
] as const;

export function consumerDifferences(existing: ConsumerConfig, group: Group, partition: Partition): string[] {
  return differencesOf<ConsumerConfig>(existing, durableConsumer(group, partition), CHECKED);
}

async function addOrUpdate(
  manager: JetStreamManager,
  group: Group,
  partition: Partition,
): Promise<ConsumerInfo> {
  const { settled } = partition;
  const name = consumerName(group.name, partition);
  const changeable = changeableOf(group, partition);
  const start: Partial<ConsumerConfig> =
    settled === 0
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: settled + 1 };
  try {
    return await manager.consumers.add(EVENTS_STREAM, {
      ...(group.passing === true
        ? { name, inactive_threshold: nanos(PASSING_MS), mem_storage: true, num_replicas: 1 }
        : { durable_name: name }),
      ack_policy: AckPolicy.Explicit,
      ...start,
      ...changeable,
    });
  } catch (error) {
    const exists = error instanceof NatsError && CONSUMER_EXISTS.has(error.api_error?.err_code ?? 0);
    if (!exists) throw error;
    return manager.consumers.update(EVENTS_STREAM, name, changeable);
  }
}

function changeableOf(group: Group, { number }: Partition) {
  const { subjects = [], batch } = group;
  return {
    ack_wait: nanos(batch ? BATCH_ACK_WAIT_MS : ACK_WAIT_MS),
    max_ack_pending: consumersOf(group).ahead,
    max_deliver: -1,
    ...(batch ? { filter_subjects: laneSubjects(number, subjects) } : filterOf(number, group.subjects)),
  };
}

/** The stored subjects of a lane. */
export function laneSubjects(lane: number, subjects: readonly string[] = []): string[] {
  return subjects.map((space) => storedSubjects(space, storedIn.lane(lane)));
}

/**
 * The subjects of one partition. The server accepts a subject that contains a wildcard as a word (`evt.a.b.v1.*`),
 * and stores it untransformed, in no partition. The first partition takes these events, so that they become dead
 * letters instead of staying unread.
 */
function filterOf(
  partition: number,
  subjects?: readonly string[],
): Pick<ConsumerConfig, 'filter_subject' | 'filter_subjects'> {
  const within = storedIn.partition(partition);
  if (subjects) return { filter_subjects: subjects.map((space) => storedSubjects(space, within)) };
  const own = `${within}.>`;
  return partition === 0 ? { filter_subjects: [own, 'evt.>'] } : { filter_subject: own };
}

/** The stored subjects of one event type, for all keys. */
function storedSubjects(space: string, within: string): string {
  return `${space.replace(/^evt/, within)}.*`;
}
