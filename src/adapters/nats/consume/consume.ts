import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { Events } from 'nats';
import type { Delivery } from '../../../bridge';
import type { Log } from '../../../contracts';
import { PARTITIONS } from '../../../contracts';
import type { Group, Partition, Provision } from './consumer';
import { consumerName, ensureConsumer } from './consumer';
import { deliveryOf } from './delivery';
import { interruptionLog } from './interruption-log';
import type { Pull } from './pull';
import { openPull } from './pull';
import { startingPatience } from '../connection/patience';
import { createAckBatcher } from './ack-batcher';
import { EVENTS_STREAM } from '../streams/streams';

/** Waits between attempts to consume a partition again, doubling: work goes on within seconds, and nothing spins. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** A partition that was consumed this long before it failed starts again with the first pause. */
const STEADY_MS = 10_000;

/** Of so many events, about, is how long one is in hand the average. */
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

  let inHand = 0;
  let heldMs = 0;
  const ackBatcher = createAckBatcher(connection, { events: () => inHand, heldMs: () => heldMs });
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
      await ackBatcher.flush();
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
      await pause(failures, stopping.signal);
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
        const settled = (sequence: number) => (partition.settled = sequence);
        const since = performance.now();
        inHand++;
        await handle(deliveryOf(message, { ackBatcher, settled }), stopping.signal).finally(() => {
          inHand--;
          heldMs += (performance.now() - since - heldMs) / AVERAGED;
        });
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

/** At least half of the cap, so that 64 partitions neither spin nor ask all at once. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const cap = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  await sleep(cap / 2 + (cap / 2) * Math.random(), undefined, { signal }).catch(() => undefined);
}
