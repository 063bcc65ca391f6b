import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerMessages, JetStreamManager, JsMsg, NatsConnection } from 'nats';
import { AckPolicy, DeliverPolicy, nanos, NatsError } from 'nats';
import type { Delivery } from '../../bridge';
import type { Log } from '../../contracts';
import { originalSubject, PARTITIONS } from '../../contracts';
import { EVENTS_STREAM } from './streams';

/** Silence after which the server gives an event to another bridge; the bridge says `working` three times as often. */
const ACK_WAIT_MS = 4_000;
/** Waits between attempts to get a consumer back that was deleted or whose server is away. */
const RECOVERY_PAUSE_MS = 1_000;
/** Creating with the same name and settings is idempotent; with others it is one of these errors. */
const CONSUMER_EXISTS: ReadonlySet<number> = new Set([10_148, 10_012]);

/** One partition, as this process knows it. */
interface Partition {
  readonly number: number;
  /** Stream sequence of the last event that this process has settled; 0 for none. */
  settled: number;
}

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
  const manager = await connection.jetstreamManager();
  const stopping = new AbortController();
  const open = new Map<number, ConsumerMessages>();
  const partitions = Array.from({ length: PARTITIONS }, (_, number): Partition => ({ number, settled: 0 }));
  await Promise.all(partitions.map((partition) => ensureConsumer(manager, options.name, partition)));

  const loops = partitions.map(async (partition) => {
    while (!isAborted(stopping.signal)) {
      try {
        const name = consumerName(options.name, partition);
        const consumer = await connection.jetstream().consumers.get(EVENTS_STREAM, name);
        const messages = await consumer.consume({ max_messages: 1, abort_on_missing_resource: true });
        open.set(partition.number, messages);
        if (isAborted(stopping.signal)) messages.stop();
        for await (const message of messages) {
          await options.handle(deliveryOf(message, partition), stopping.signal);
        }
      } catch (error) {
        if (isAborted(stopping.signal)) return;
        options.log.warn(
          { err: error, partition: partition.number },
          'partition is not being consumed; trying again',
        );
      } finally {
        open.delete(partition.number);
      }
      if (!isAborted(stopping.signal)) await recover(manager, options.name, partition);
    }
  });

  return {
    active: () => open.size,
    stop: async () => {
      stopping.abort();
      for (const messages of open.values()) messages.stop();
      await Promise.all(loops);
    },
  };
}

/** Read through a function: the compiler would otherwise take an earlier answer for the present one. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** After a failure: pauses, and makes the consumer anew where it is gone, from where it had got to. */
async function recover(manager: JetStreamManager, name: string, partition: Partition): Promise<void> {
  await sleep(RECOVERY_PAUSE_MS);
  await ensureConsumer(manager, name, partition).catch(() => undefined);
}

function consumerName(name: string, { number }: Partition): string {
  return `${name}-${String(number).padStart(2, '0')}`;
}

/** Makes the consumer; one that is there keeps its place and gets the settings that may change. */
async function ensureConsumer(manager: JetStreamManager, name: string, partition: Partition): Promise<void> {
  const changeable = { ack_wait: nanos(ACK_WAIT_MS), max_ack_pending: 1, max_deliver: -1 };
  const start =
    partition.settled === 0
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: partition.settled + 1 };
  try {
    await manager.consumers.add(EVENTS_STREAM, {
      durable_name: consumerName(name, partition),
      filter_subject: `p.${partition.number}.>`,
      ack_policy: AckPolicy.Explicit,
      ...start,
      ...changeable,
    });
  } catch (error) {
    const exists = error instanceof NatsError && CONSUMER_EXISTS.has(error.api_error?.err_code ?? 0);
    if (!exists) throw error;
    await manager.consumers.update(EVENTS_STREAM, consumerName(name, partition), changeable);
  }
}

function deliveryOf(message: JsMsg, partition: Partition): Delivery {
  const head = message.headers;
  return {
    subject: originalSubject(message.subject),
    headers: Object.fromEntries((head?.keys() ?? []).map((name) => [name, head?.values(name) ?? []])),
    body: message.data,
    stream: message.info.stream,
    sequence: message.seq,
    deliveryCount: message.info.deliveryCount,
    storedAt: new Date(message.info.timestampNanos / 1e6),
    working: () => message.working(),
    release: () => message.nak(),
    settle: async () => {
      if (!(await message.ackAck())) throw new UnconfirmedAckError(message.seq);
      partition.settled = message.seq;
    },
  };
}

/** The server's answer to an acknowledgement stayed away; the event may come again. */
export class UnconfirmedAckError extends Error {
  override readonly name = 'UnconfirmedAckError';
  constructor(readonly sequence: number) {
    super(`the acknowledgement of event ${sequence} was not confirmed`);
  }
}
