import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerMessages, NatsConnection } from 'nats';
import { Events } from 'nats';
import type { Delivery } from '../../bridge';
import type { Log } from '../../contracts';
import { PARTITIONS } from '../../contracts';
import type { Partition } from './consumer';
import { consumerName, ensureConsumer } from './consumer';
import { deliveryOf } from './delivery';
import { EVENTS_STREAM } from './streams';

/** Waits between attempts to consume a partition again, doubling: work goes on within seconds, and nothing spins. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** A partition that was consumed this long before it failed starts again with the first pause. */
const STEADY_MS = 10_000;

export interface Consumption {
  /** Takes no more events and resolves when the one in hand, in each partition, is done with. */
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
 * @param name of the group of processes that share the work
 */
export async function consumeEvents(
  connection: NatsConnection,
  options: { name: string; handle: Handle; log: Log },
): Promise<Consumption> {
  const { name, handle, log } = options;
  const manager = await connection.jetstreamManager();
  const stopping = new AbortController();
  // Every partition may wait for it, here and in the handler; Node would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  const open = new Map<number, ConsumerMessages>();
  const partitions = Array.from({ length: PARTITIONS }, (_, number): Partition => ({ number, settled: 0 }));
  await Promise.all(partitions.map((partition) => ensureConsumer(manager, name, partition)));

  const interruption = interruptionLog(log);
  void reopenAfterReconnect();
  // The client would leave each partition waiting for a message on a closed connection.
  void connection.closed().then(endAll);
  const loops = partitions.map(keepConsuming);

  return {
    active: () => open.size,
    stop: async () => {
      stopping.abort();
      endAll();
      await Promise.all(loops);
    },
  };

  async function keepConsuming(partition: Partition): Promise<void> {
    for (let failures = 0; !isAborted(stopping.signal) && !connection.isClosed(); failures++) {
      const started = Date.now();
      try {
        if (failures > 0) await ensureConsumer(manager, name, partition);
        await consume(partition);
      } catch (error) {
        if (isAborted(stopping.signal)) return;
        interruption.of(partition.number, error);
      } finally {
        open.delete(partition.number);
      }
      if (Date.now() - started > STEADY_MS) failures = 0;
      await pause(failures, stopping.signal);
    }
  }

  /** Hands over one event after another, until it is stopped or the consumer is gone. */
  async function consume(partition: Partition): Promise<void> {
    const consumer = await connection.jetstream().consumers.get(EVENTS_STREAM, consumerName(name, partition));
    const messages = await consumer.consume({ max_messages: 1, abort_on_missing_resource: true });
    open.set(partition.number, messages);
    interruption.over(partition.number);
    if (isAborted(stopping.signal)) messages.stop();
    for await (const message of messages) {
      const delivery = deliveryOf(message, (sequence) => (partition.settled = sequence));
      await handle(delivery, stopping.signal);
    }
  }

  /**
   * The client would ask for each consumer when the connection is back, and after a failed answer (JetStream starts
   * later than NATS; a cluster elects) wait up to 45 s before it asks again. We open anew instead, at our own pace.
   */
  async function reopenAfterReconnect(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (isAborted(stopping.signal)) return;
      if (type === Events.Reconnect) endAll();
    }
  }

  function endAll(): void {
    for (const messages of open.values()) messages.stop();
  }
}

/** Read through a function: the compiler would otherwise take an earlier answer for the present one. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** At least half of the cap, so that 64 partitions neither spin nor ask all at once. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const cap = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  await sleep(cap / 2 + (cap / 2) * Math.random(), undefined, { signal }).catch(() => undefined);
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
