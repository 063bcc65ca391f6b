import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { Events } from 'nats';
import { backoff } from '../../../async';
import type { Log } from '../../../contracts';
import { PARTITIONS } from '../../../contracts';
import type { Delivery } from '../../../delivery';
import type { Ahead } from './ahead';
import { createAhead } from './ahead';
import { openNotes } from './ahead/notes';
import { readBatch } from './ahead/read-batch';
import type { Group, Partition, Provision } from './consumer';
import { consumerName, ensureConsumer } from './consumer';
import { createAckBatcher, deliveryOf } from './delivery';
import type { Pull } from './pull';
import { openPull } from './pull';
import { startingPatience } from '../connection/patience';
import { EVENTS_STREAM } from '../streams/streams';

/** Waits between attempts to consume a partition again: consumption resumes within seconds, and nothing spins. */
const PAUSES = { firstMs: 250, longestMs: 4_000 };
/** A partition that was consumed this long before it failed starts again with the first pause. */
const STEADY_MS = 10_000;

/** The moving average of the time in flight covers about this many events. */
const AVERAGED = 32;

export interface Consumption {
  /**
   * Takes no more events, and resolves when the events in flight are handled: at most one for each partition,
   * including those that the server had sent before it learned of the stop.
   */
  stop(): Promise<void>;
  /** Number of partitions that are being consumed at this moment; normally all of them. */
  active(): number;
}

export type Handle = (delivery: Delivery, stopping: AbortSignal) => Promise<void>;

/**
 * Consumes all partitions of the event stream, one event of each at a time. The server hands out at most one
 * un-acknowledged event of a partition across all processes that share the name. This keeps the order of each
 * correlation key, without a leader or leases.
 *
 * @param options the group of processes that share the work, and how each event is handled; `ahead`: whether events
 *   behind those of a hot key are handled before their turn, each key in its order. Then an event may be handled twice
 *   more often, and `handle` must bear that. Default: false
 */
export async function consumeEvents(
  connection: NatsConnection,
  options: Group & { handle: Handle; log: Log; provision?: Provision; ahead?: boolean },
): Promise<Consumption> {
  const { name, handle, log, provision } = options;
  const patience = startingPatience(log);
  const manager = await connection.jetstreamManager();
  const stopping = new AbortController();
  // Every partition adds listeners, here and in the handler; Node.js would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  const open = new Map<number, Pull>();
  const partitions = Array.from({ length: PARTITIONS }, (_, number): Partition => ({ number, settled: 0 }));
  await Promise.all(
    partitions.map((partition) => patience(() => ensureConsumer(manager, options, partition, provision))),
  );

  const load = { events: 0, eventMs: 0 };
  const acks = createAckBatcher(connection, load);
  const interruption = interruptionLog(log);
  const ahead = options.ahead === true ? aheadOf(connection, options) : undefined;
  void askAnewAfterReconnect();
  // A closed connection brings no more answers.
  void connection.closed().then(endAll);
  const loops = partitions.map(keepConsuming);

  return {
    active: () => open.size,
    stop: async () => {
      stopping.abort();
      endAll();
      await Promise.all([...loops, ahead?.stop()]);
      await acks.flush();
    },
  };

  async function keepConsuming(partition: Partition): Promise<void> {
    const turns = ahead?.of(partition.number);
    for (let failures = 0; !isAborted(stopping.signal) && !connection.isClosed(); failures++) {
      const started = Date.now();
      try {
        if (failures > 0) await ensureConsumer(manager, options, partition, provision);
        await consume(partition, turns);
      } catch (error) {
        if (isAborted(stopping.signal)) return;
        interruption.of(partition.number, error);
      } finally {
        open.delete(partition.number);
      }
      if (Date.now() - started > STEADY_MS) failures = 0;
      await sleep(backoff(failures + 1, PAUSES), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Handles one event after another, until it is stopped or the consumer is gone. */
  async function consume(partition: Partition, turns: ReturnType<Ahead['of']> | undefined): Promise<void> {
    const pull = openPull(connection, EVENTS_STREAM, consumerName(name, partition));
    try {
      open.set(partition.number, pull);
      interruption.over(partition.number);
      if (isAborted(stopping.signal)) pull.end();
      while (!pull.ended()) {
        const message = await pull.next();
        if (message === undefined) continue;
        const since = performance.now();
        load.events++;
        try {
          const delivery = deliveryOf(message, acks, partition);
          // `await` of a plain value would cost each event a turn of the event loop.
          const isSettled = turns?.isSettled(delivery) ?? false;
          if (isSettled === true || (isSettled !== false && (await isSettled))) delivery.settle();
          else await handle(delivery, stopping.signal);
        } finally {
          load.events--;
          load.eventMs += (performance.now() - since - load.eventMs) / AVERAGED;
        }
      }
    } finally {
      pull.end();
    }
  }

  /** Pending requests are lost with the connection, so they are sent again. */
  async function askAnewAfterReconnect(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Reconnect) for (const pull of open.values()) pull.renew();
    }
  }

  function endAll(): void {
    for (const pull of open.values()) pull.end();
  }
}

function aheadOf(
  connection: NatsConnection,
  { name, handle, log }: Group & { handle: Handle; log: Log },
): Ahead {
  return createAhead({
    ...{ id: randomUUID(), handle, log },
    read: (partition, from) => readBatch(connection, partition, from),
    openNotes: (received) => openNotes(connection, name, received),
    now: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  });
}

/** A function, because the compiler would otherwise narrow the value to that of an earlier check. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * Logs one line when the first partition fails and one when all are back, whatever the number of partitions and
 * attempts.
 */
function interruptionLog(log: Log): {
  of(partition: number, error: unknown): void;
  over(partition: number): void;
} {
  const interrupted = new Set<number>();
  return {
    of: (partition, error) => {
      if (interrupted.size === 0) log.warn({ err: error, partition }, 'partitions are not being consumed');
      interrupted.add(partition);
    },
    over: (partition) => {
      if (interrupted.delete(partition) && interrupted.size === 0) {
        log.info({}, 'all partitions are being consumed again');
      }
    },
  };
}
