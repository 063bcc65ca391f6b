/** A poison event among innocent ones: each delivery of it ends the bridge, which is restarted again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import { EVENTS_STREAM } from '../../../src/adapters/nats';
import type { Delivery } from '../../../src/delivery';
import type { OutgoingEvent } from '../../../src/contracts';
import { deadLettersIn } from '../bridge';
import type { DeadLetteredEvent } from '../bridge';
import { startConsumer } from '../consumers';
import { startProxy } from '../proxy';
import { rolesWith } from '../roles';
import { until } from '../until';
import type { Faults } from './books';
import { closeBooks, faultsIn } from './books';
import { JOURNAL_BRIDGE } from './bridge-entry';
import { notedEvent } from './events';
import { progressOf, publishInOrder, untilSettled } from './stream';

const INNOCENT = 15;
/** On its way to Temporal each innocent event is in flight long enough that the poison can end the process meanwhile. */
const SLOW_MS = 300;
/** For two ends, or more than twenty, each of them followed by `ack_wait` and the start of a process. */
const WITHIN_MS = 8 * 60_000;

export interface PoisonProof {
  /** The number of times that the bridge has ended. */
  readonly ends: number;
  readonly deadLetters: readonly Pick<DeadLetteredEvent, 'subject' | 'reason' | 'attempts' | 'detail'>[];
  /** The number of deliveries of all events, and of the poison among them. */
  readonly deliveries: number;
  /** The number of innocent events that have their own partition: only the poison can delay them. */
  readonly partitions: number;
  readonly innocent: Faults & { readonly applied: number };
}

/**
 * @param deliveredBefore how many times each event has been delivered and given back before the first bridge starts
 */
export async function provePoison(options: {
  nats: { url: string; connection: NatsConnection };
  temporal: { client: Client; address: string; namespace: string };
  run: string;
  deliveredBefore: number;
}): Promise<PoisonProof> {
  const { nats, temporal, run, deliveredBefore } = options;
  const { connection } = nats;
  const { events, journals, sequences } = await publishApart(connection, run);
  await deliverAndGiveBack(nats.url, events.length, deliveredBefore);

  const proxy = await startProxy(temporal.address, { slowMs: SLOW_MS });
  const roles = rolesWith(
    { NATS_URL: nats.url, TEMPORAL_ADDRESS: proxy.address, TEMPORAL_NAMESPACE: temporal.namespace },
    { entry: JOURNAL_BRIDGE },
  );
  let ends = 0;
  let over = false;
  const isOver = () => over;
  async function restart(): Promise<void> {
    while (!isOver()) {
      const bridge = await roles.launch('bridge');
      await bridge.ended;
      if (!isOver()) ends++;
    }
  }
  const restarting = restart();
  // A bridge may be starting at this moment.
  async function stopRestarting(): Promise<void> {
    over = true;
    const stopped = restarting.then(() => true);
    while (!(await Promise.race([stopped, sleep(200, false)]))) await roles.endAll();
  }
  try {
    await untilSettled(connection, events.length, WITHIN_MS);
    const { deliveries } = await progressOf(connection);
    const books = await closeBooks(connection, temporal.client, journals);
    await stopRestarting();
    const deadLetters = await deadLettersIn(connection);
    const published = new Map(journals.map((journalId) => [journalId, [`${journalId}.0`]]));
    return {
      ends,
      deadLetters: deadLetters.map(({ subject, reason, attempts, detail }) => ({
        subject,
        reason,
        attempts,
        detail,
      })),
      deliveries,
      partitions: (await partitionsOf(connection, sequences)).size,
      innocent: {
        ...faultsIn(books, published),
        applied: books.reduce((sum, { applied }) => sum + applied.length, 0),
      },
    };
  } finally {
    await stopRestarting();
    await roles.stop();
    await proxy.close();
  }
}

/** Publishes the poison and its neighbours, each in its own partition: in the same one, the first would delay the second. */
async function publishApart(connection: NatsConnection, run: string) {
  const manager = await connection.jetstreamManager();
  const events: OutgoingEvent[] = [];
  const journals: string[] = [];
  const sequences: number[] = [];
  for (let candidate = 0; events.length < 1 + INNOCENT; candidate++) {
    const isPoison = events.length === 0;
    const journalId = isPoison ? `poison-${run}` : `innocent-${run}-${candidate}`;
    const event = notedEvent(journalId, `${journalId}.0`, isPoison ? { fatal: true } : {});
    const [sequence = 0] = await publishInOrder(connection, [{ event, messageId: event.id }]);
    const together = await partitionsOf(connection, [...sequences, sequence]);
    if (together.size === sequences.length) {
      await manager.streams.purge(EVENTS_STREAM, { filter: event.subject.replace(/^evt/, 'p.*.*') });
      continue;
    }
    events.push(event);
    sequences.push(sequence);
    if (!isPoison) journals.push(journalId);
  }
  return { events, journals, sequences };
}

/** Raises the delivery count of each event as kills and restarts would do it, without the kills. */
async function deliverAndGiveBack(url: string, events: number, times: number): Promise<void> {
  if (times === 0) return;
  let ready = 0;
  const handle = async (delivery: Delivery, stopping: AbortSignal) => {
    if (delivery.deliveryCount >= times) {
      ready++;
      // Held until the consumer stops: the bridge gets the next delivery.
      while (!stopping.aborted) {
        delivery.working();
        await sleep(500, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
    delivery.release();
  };
  const consumer = await startConsumer({ url, name: 'bridge', handle });
  await until('each event delivered so often', () => ready === events, 60_000);
  await consumer.stop();
}

async function partitionsOf(connection: NatsConnection, sequences: readonly number[]): Promise<Set<string>> {
  const manager = await connection.jetstreamManager();
  const subjects = await Promise.all(
    sequences.map(async (seq) => (await manager.streams.getMessage(EVENTS_STREAM, { seq })).subject),
  );
  return new Set(subjects.map((subject) => subject.split('.')[2] ?? ''));
}
