import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerConfig, ConsumerInfo, JetStreamManager, NatsConnection } from 'nats';
import type { Log, StreamReader } from '../../../contracts';
import { firstParked } from '../dead-letters/overflow';
import { createStreamReader } from '../read/read';
import { firstSince } from '../read/since';
import { EVENTS_STREAM, OVERFLOW_STREAM } from './streams';

const EVERY_MS = 60 * 60_000;
/**
 * The first run is early, so that a process that restarts often also gets to it, and random, so that processes that
 * start together run at different times.
 */
const FIRST_WITHIN_MS = 5 * 60_000;
const ALL = '>';

export interface JanitorOptions {
  /** Events younger than this stay. */
  readonly retentionMs: number;
  /** Removes old messages of other streams, equally often. */
  readonly also?: () => Promise<void>;
  readonly log: Log;
  readonly now?: () => number;
}

/** Removes old events of the stream once an hour. Any number of processes may do this. */
export function startJanitor(connection: NatsConnection, options: JanitorOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false });
  const running = (async () => {
    for (let wait = FIRST_WITHIN_MS * Math.random(); ; wait = EVERY_MS) {
      await pause(wait);
      await forgetOldEvents(connection, options)
        .then(() => options.also?.())
        .catch((error: unknown) =>
          options.log.warn({ err: error }, 'old messages were not removed; the next attempt is in an hour'),
        );
    }
  })().catch(() => undefined);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Removes the events that are older than the retention, that every durable consumer with a matching filter has
 * acknowledged, and that no parked dead letter needs. A consumer counts even if nobody runs it at present. Safe to
 * repeat, and to run several times at once: the set of removable events only grows.
 *
 * @returns sequence of the first event that stays
 */
export async function forgetOldEvents(
  connection: NatsConnection,
  { retentionMs, log, now = Date.now }: JanitorOptions,
): Promise<number> {
  const manager = await connection.jetstreamManager();
  const reader = await createStreamReader(connection, EVENTS_STREAM);
  const { first } = await reader.bounds();
  const young = await firstSince(reader, now() - retentionMs);
  const wanted = await firstWanted(manager, reader, young);
  if (wanted.sequence < young) {
    const { consumer, sequence } = wanted;
    log.warn({ consumer, sequence }, 'events older than the retention stay: they were not acknowledged');
  }
  if (wanted.sequence <= first) return first;
  const { purged } = await manager.streams.purge(EVENTS_STREAM, { seq: wanted.sequence });
  if (purged > 0) log.info({ purged, first: wanted.sequence }, 'old events are forgotten');
  return wanted.sequence;
}

/**
 * The first event before `young` that a durable consumer has not acknowledged; `young` if every consumer has
 * acknowledged all of them.
 */
async function firstWanted(
  manager: JetStreamManager,
  reader: StreamReader,
  young: number,
): Promise<{ sequence: number; consumer?: string }> {
  let wanted: { sequence: number; consumer?: string } = { sequence: young };
  // A parked dead letter needs its event from this stream.
  const parked = await firstParked(manager);
  if (parked !== undefined && parked < young) wanted = { sequence: parked, consumer: OVERFLOW_STREAM };
  const durables = await durablesOf(manager);
  for (const { name, config, ack_floor } of durables.values()) {
    // A consumer's ack floor does not move while no event for it comes: the next event that its filter takes counts.
    const from = ack_floor.stream_seq + 1;
    for (const subjects of from < wanted.sequence ? filtersOf(config) : []) {
      const next = await reader.next(subjects, from);
      if (next && next.sequence < wanted.sequence) wanted = { sequence: next.sequence, consumer: name };
    }
  }
  return wanted;
}

/**
 * Lists the durable consumers. The list comes in pages, by offset: a consumer that is removed between two pages hides
 * another one.
 *
 * @throws Error when that may have happened
 */
async function durablesOf(manager: JetStreamManager): Promise<ReadonlyMap<string, ConsumerInfo>> {
  const [found, again] = [await listed(manager), await listed(manager)];
  if ([...again.keys()].some((name) => !found.has(name))) {
    throw new Error('consumers came and went while they were listed');
  }
  return found;
}

async function listed(manager: JetStreamManager): Promise<ReadonlyMap<string, ConsumerInfo>> {
  const durables = new Map<string, ConsumerInfo>();
  for await (const consumer of manager.consumers.list(EVENTS_STREAM)) {
    if (consumer.config.durable_name !== undefined) durables.set(consumer.name, consumer);
  }
  return durables;
}

function filtersOf({ filter_subject, filter_subjects }: ConsumerConfig): readonly string[] {
  return filter_subjects ?? [filter_subject ?? ALL];
}
