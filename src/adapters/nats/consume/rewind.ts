import type { ConsumerInfo, JetStreamManager, NatsConnection } from 'nats';
import { DeliverPolicy, NatsError } from 'nats';
import { createStreamReader } from '../read/read';
import { firstSince } from '../read/since';
import { EVENTS_STREAM } from '../streams/wanted-streams';
import type { Group } from './consumer';
import { consumerName, consumersOf, durableConsumer } from './consumer';

/** JetStream's error code for a consumer that does not exist. */
const NO_CONSUMER = 10_014;

export interface Rewound {
  /** Consumers that were, or would be, set back: those that had acknowledged an event since the time. */
  readonly consumers: number;
  /** Sequence of the first event since the time, and of the stream's last one. No such event: `first` is `last` + 1. */
  readonly first: number;
  readonly last: number;
}

/** Thrown when processes still pull from consumers that are to be set back; nothing was changed. */
export class ConsumersBusyError extends Error {
  override readonly name = 'ConsumersBusyError';
  constructor(readonly groups: readonly string[]) {
    super(`processes still read events as ${groups.join(', ')}`);
  }
}

/**
 * Sets the durable consumers of all groups back to the first event that was stored at or after a time, so that those events are
 * delivered again. A consumer that has not come so far keeps its position, and one that does not exist is left to the
 * provisioning. Safe to repeat. If it ends early, the consumer of one partition may be missing: its next reader makes it anew,
 * from the first event of the stream.
 *
 * @param options.dryRun counts, and changes nothing
 * @throws ConsumersBusyError
 */
export async function rewindConsumers(
  connection: NatsConnection,
  groups: readonly Group[],
  { since, dryRun = false }: { readonly since: Date; readonly dryRun?: boolean },
): Promise<Rewound> {
  const manager = await connection.jetstreamManager();
  const existing = (await Promise.all(groups.map((group) => existingOf(manager, group)))).flat();
  const busy = existing.filter(({ info }) => info.num_waiting > 0).map(({ group }) => group.name);
  if (busy.length > 0) throw new ConsumersBusyError([...new Set(busy)]);

  const events = await createStreamReader(connection, EVENTS_STREAM);
  const first = await firstSince(events, since.getTime());
  const { last } = await events.bounds();
  // An empty stream has nothing to deliver again; the sequences of one that never had an event begin with 0.
  const ahead =
    last < Math.max(1, first) ? [] : existing.filter(({ info }) => info.ack_floor.stream_seq >= first);
  if (!dryRun) for (const each of ahead) await startAt(manager, each, first);
  return { consumers: ahead.length, first, last };
}

interface Existing {
  readonly group: Group;
  readonly number: number;
  readonly info: ConsumerInfo;
}

async function existingOf(manager: JetStreamManager, group: Group): Promise<Existing[]> {
  const found = await Promise.all(
    Array.from({ length: consumersOf(group).count }, async (_, number) => {
      const info = await infoOf(manager, consumerName(group.name, { number, settled: 0 }));
      return info ? [{ group, number, info }] : [];
    }),
  );
  return found.flat();
}

async function infoOf(manager: JetStreamManager, name: string): Promise<ConsumerInfo | undefined> {
  try {
    return await manager.consumers.info(EVENTS_STREAM, name);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_CONSUMER) return undefined;
    throw error;
  }
}

/** The server changes the position of no consumer, so it is made anew. */
async function startAt(manager: JetStreamManager, { group, number, info }: Existing, first: number) {
  await manager.consumers.delete(EVENTS_STREAM, info.name);
  await manager.consumers.add(EVENTS_STREAM, {
    ...durableConsumer(group, { number, settled: 0 }),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: first,
  });
}
