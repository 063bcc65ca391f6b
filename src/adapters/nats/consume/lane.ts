import type { Msg, NatsConnection } from 'nats';
import { Events } from 'nats';
import type { Received } from '../../../delivery';
import type { Group, Provision } from './consumer';
import { consumerName, consumersOf, ensureConsumer, laneSubjects } from './consumer';
import { handOutOf, receivedOf } from './delivery';
import { LaneBehindError, LaneChangedError } from './lane-errors';
import { openPull } from './pull';
import { createSignal } from './signal';
import { createStreamReader } from '../read/read';
import { EVENTS_STREAM } from '../streams/wanted-streams';

/** Bytes of one request: many events of the usual size, and 16 of the largest. */
const REQUEST_BYTES = 4 * 1024 * 1024;
/** A lane that has this many bytes in memory sends no request. With what the last one brings it has at most twice as many. */
const AHEAD_BYTES = REQUEST_BYTES;
/** Between two looks at whether the server has handed out everything to this process. */
const LOOK_MS = 100;

/**
 * One lane of a group that takes batches: its events after a position, in the order of the stream and without a gap,
 * for any number of processes that read it.
 */
export interface Lane {
  /**
   * The next events: as many as a batch may have, or fewer if no more arrive in time. They are returned again until
   * they are settled.
   *
   * @returns no events after the end
   * @throws the server's error, for example if the consumer was deleted, or LaneChangedError; the lane has ended then
   */
  next(limits: { readonly size: number; readonly withinMs: number }): Promise<readonly Received[]>;
  /**
   * Acknowledges all events up to this sequence: their transaction is committed. Fire and forget: an event whose
   * acknowledgement is lost comes again, and is acknowledged then.
   */
  settle(sequence: number): void;
  /** Ends the lane, and gives back at once what is not settled. */
  end(): Promise<void>;
}

interface Held {
  readonly message: Msg;
  readonly received: Received;
  /** By a monotonic clock, in milliseconds. */
  readonly arrivedAt: number;
}

/**
 * Opens a lane behind a position.
 *
 * The server hands events out in the order of the stream. But what a killed process had comes again only after
 * `ack_wait`, and newer events may come before. So the lane first compares what it has with what the server waits for:
 * if it has all of that, there is no gap. From then on it counts what is handed out, until a number is missing.
 *
 * @param options.position all events of the lane up to this sequence are applied
 * @throws LaneBehindError if the consumer has acknowledged an event after the position, which the stream still has
 */
export async function openLane(
  connection: NatsConnection,
  options: {
    readonly group: Group;
    readonly lane: number;
    readonly position: number;
    /** When the stream was made to which the position refers. */
    readonly stream: string;
    readonly provision?: Provision | undefined;
  },
): Promise<Lane> {
  const { group, lane: number, position, stream: streamCreated, provision } = options;
  const manager = await connection.jetstreamManager();
  const consumer = consumerName(group.name, { number, settled: 0 });
  const partition = { number, settled: position, streamCreated };
  await ensureConsumer(manager, group, partition, provision);
  if (await hasEventWithin(connection, laneSubjects(number, group.subjects), position, partition.settled))
    throw new LaneBehindError(consumer, position, partition.settled);
  const { ahead } = consumersOf(group);
  // A message that is larger than a request would never come.
  const maxBytes = Math.max(REQUEST_BYTES, 2 * (connection.info?.max_payload ?? 0));
  const pull = openPull(connection, EVENTS_STREAM, consumer, { maxBytes });
  /** In the order of the stream. */
  let held: Held[] = [];
  let bytes = 0;
  let settled = position;
  /** The number of the latest message that was handed out. */
  let handedOut = 0;
  let isComplete = false;
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  let wanted = 1;
  const arrival = createSignal();
  const room = createSignal();

  void endAtReconnect();
  void connection.closed().then(() => pull.end());
  const reading = read();

  return {
    next: async ({ size, withinMs }) => {
      for (;;) {
        if (failure) throw failure.error;
        if (isOver) return [];
        const [first] = held;
        const leftMs = first && withinMs - (performance.now() - first.arrivedAt);
        // More bytes than that do not come before some are settled.
        if (leftMs !== undefined && (held.length >= size || leftMs <= 0 || bytes >= AHEAD_BYTES)) {
          if (await hasAll()) return held.slice(0, size).map(({ received }) => received);
          await arrival.within(LOOK_MS);
        } else {
          wanted = first ? size : 1;
          await arrival.within(leftMs);
        }
      }
    },
    settle: (sequence) => {
      settled = Math.max(settled, sequence);
      const left = held.findIndex(({ received }) => received.sequence > sequence);
      for (const { message } of held.splice(0, left === -1 ? held.length : left)) {
        bytes -= message.data.length;
        answer(message, '+ACK');
      }
      room.give();
    },
    end: async () => {
      isOver = true;
      pull.end();
      arrival.give();
      room.give();
      await reading;
      for (const { message } of held) answer(message, '-NAK');
      held = [];
      if (!connection.isClosed()) await connection.flush().catch(() => undefined);
    },
  };

  async function read(): Promise<void> {
    try {
      while (!pull.ended()) {
        // What nobody asks for stays on the server. A missing message is asked for in any case.
        const isFull = held.length >= ahead || bytes >= AHEAD_BYTES;
        if (isFull && isComplete && !isOver) await room.within(undefined);
        else {
          const message = await pull.next();
          if (message) take(message);
        }
      }
    } catch (error) {
      failure = { error };
      pull.end();
    } finally {
      isOver = true;
      arrival.give();
    }
  }

  function take(message: Msg): void {
    const count = handOutOf(message);
    if (count !== handedOut + 1) isComplete = false;
    handedOut = count;
    const received = receivedOf(message);
    const { sequence } = received;
    if (sequence <= settled) {
      answer(message, '+ACK');
      return;
    }
    let at = held.length;
    while (at > 0 && (held[at - 1]?.received.sequence ?? 0) > sequence) at--;
    if (held[at - 1]?.received.sequence === sequence) return;
    held.splice(at, 0, { message, received, arrivedAt: performance.now() });
    bytes += message.data.length;
    if (held.length >= wanted) arrival.give();
  }

  /** Whether everything that was handed out to anybody, and is not settled, is in memory here. */
  async function hasAll(): Promise<boolean> {
    if (isComplete) return true;
    const [before, count] = [handedOut, held.length];
    const info = await manager.consumers.info(EVENTS_STREAM, consumer);
    const { num_ack_pending: waitedFor, delivered, ack_floor } = info;
    // What came meanwhile may be in the answer or not.
    if (handedOut !== before || held.length !== count) return false;
    const [first, last] = [held[0]?.received.sequence, held.at(-1)?.received.sequence];
    // It would count for one that is missing.
    if (
      first !== undefined &&
      last !== undefined &&
      (ack_floor.stream_seq >= first || delivered.stream_seq < last)
    )
      throw new LaneChangedError(consumer);
    if (waitedFor !== count) return false;
    handedOut = delivered.consumer_seq;
    isComplete = true;
    return true;
  }

  /** The server may have come back with an older stream, in which other events have the sequences that are settled. */
  async function endAtReconnect(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (isOver) return;
      if (type !== Events.Reconnect) continue;
      failure = { error: new LaneChangedError(consumer) };
      pull.end();
      arrival.give();
      room.give();
    }
  }

  /** On a closed connection the message comes again, to another process. */
  function answer(message: Msg, text: '+ACK' | '-NAK'): void {
    if (!connection.isClosed() && message.reply !== undefined) connection.publish(message.reply, text);
  }
}

/**
 * Whether the stream has an event of these subjects after one sequence and up to another. A consumer's position alone does
 * not tell: it also moves over events of others, and over those that the stream has removed.
 */
async function hasEventWithin(
  connection: NatsConnection,
  subjects: readonly string[],
  after: number,
  upTo: number,
): Promise<boolean> {
  if (upTo <= after) return false;
  const events = await createStreamReader(connection, EVENTS_STREAM);
  for (const each of subjects) {
    const next = await events.next(each, after + 1);
    if (next && next.sequence <= upTo) return true;
  }
  return false;
}
