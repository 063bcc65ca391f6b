import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { Events } from 'nats';
import { backoff } from '../../../async';
import type { Log } from '../../../contracts';
import { PARTITIONS } from '../../../contracts';
import type { Delivery } from '../../../delivery';
import type { Group, Partition, Provision } from './consumer';
import { consumerName, ensureConsumer } from './consumer';
import { createAckBatcher, deliveryOf } from './delivery';
import type { Pull } from './pull';
import { openPull } from './pull';
import { startingPatience } from '../connection/patience';
import { EVENTS_STREAM } from '../streams/streams';

/** Waits between attempts to consume a partition again: work goes on within seconds, and nothing spins. */
const PAUSES = { firstMs: 250, longestMs: 4_000 };
/** A partition that was consumed this long before it failed starts again with the first pause. */
const STEADY_MS = 10_000;

/** The average of how long an event is in flight is over about this many events. */
const AVERAGED = 32;

export interface Consumption {
  /**
   * Takes no more events, and resolves when those in hand are done with: one in each partition at most, those among
   * them that the server had sent before it heard of the stop.
   */
  stop(): Promise<void>;
  /** Partitions that are being consumed at this moment; all of them when all is well. */
  active(): number;
}

export type Handle = (delivery: Delivery, stopping: AbortSignal) => Promise<void>;

/**
 * Consumes all partitions of the event stream, one event of each at a time. The server hands out at most one
 * un-acknowledged event of a partition across all processes that share the name: that is what keeps the order of each
 * correlation key, with no leader and no leases.
 *
 * @param options `name` of the group of processes that share the work, and what it wants
 */
export async function consumeEvents(
  connection: NatsConnection,
  options: Group & { handle: Handle; log: Log; provision?: Provision },
): Promise<Consumption> {
  const { name, handle, log, provision } = options;
  const patience = startingPatience(log);
  const manager = await connection.jetstreamManager();
  const stopping = new AbortController();
  // Every partition may wait for it, here and in the handler; Node would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  const open = new Map<number, Pull>();
  const partitions = Array.from({ length: PARTITIONS }, (_, number): Partition => ({ number, settled: 0 }));
  await Promise.all(
    partitions.map((partition) => patience(() => ensureConsumer(manager, options, partition, provision))),
  );

  const load = { events: 0, eventMs: 0 };
  const acks = createAckBatcher(connection, load);
  const interruption = interruptionLog(log);
  void askAnewAfterReconnect();
  // No answer will come on a closed connection.
  void connection.closed().then(endAll);
  const loops = partitions.map(keepConsuming);

  return {
    active: () => open.size,
    stop: async () => {
      stopping.abort();
      endAll();
      await Promise.all(loops);
      await acks.flush();
    },
  };

  async function keepConsuming(partition: Partition): Promise<void> {
    for (let failures = 0; !isAborted(stopping.signal) && !connection.isClosed(); failures++) {
      const started = Date.now();
      try {
        if (failures > 0) await ensureConsumer(manager, options, partition, provision);
        await consume(partition);
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

  /** Hands over one event after another, until it is stopped or the consumer is gone. */
  async function consume(partition: Partition): Promise<void> {
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
          await handle(deliveryOf(message, acks, partition), stopping.signal);
        } finally {
          load.events--;
          load.eventMs += (performance.now() - since - load.eventMs) / AVERAGED;
        }
      }
    } finally {
      pull.end();
    }
  }

  /** The requests went with the connection. */
  async function askAnewAfterReconnect(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Reconnect) for (const pull of open.values()) pull.renew();
    }
  }

  function endAll(): void {
    for (const pull of open.values()) pull.end();
  }
}

/** Read through a function: the compiler would otherwise take an earlier answer for the present one. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** One line when the first partition fails and one when all are back, however many partitions and attempts there are. */
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
