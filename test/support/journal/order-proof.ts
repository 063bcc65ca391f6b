/** Four bridge processes under faults: the journals must apply what was published, in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import { seededRandom } from '../../../src/dev/random';
import { rolesWith } from '../roles';
import { JOURNAL_BRIDGE } from './bridge-entry';
import type { Faults } from './books';
import { closeBooks, faultsIn } from './books';
import { notedEvent } from './events';
import { scheduleOf } from './schedule';
import { publishInOrder, untilSettled } from './stream';

const BRIDGES = 4;
/** Longer than `ack_wait`, after which the server gives a stopped bridge's events to the others. */
const STOPPED_MS = 6_000;
/** As parts of all events: the faults come while much work is left. */
const KILLED_AFTER = 0.2;
const STOPPED_AFTER = 0.4;

export interface OrderProof extends Faults {
  readonly seed: number;
  readonly events: number;
  /** Messages in the stream: each event once to three times. */
  readonly published: number;
  readonly deliveries: number;
  readonly redeliveries: number;
  readonly signals: number;
  /** Signals with an event that the workflow already had. */
  readonly repeatsDropped: number;
  readonly deadLetters: number;
  readonly seconds: number;
}

export async function proveOrder(options: {
  nats: { url: string; connection: NatsConnection };
  temporal: { client: Client; address: string; namespace: string };
  journals: number;
  eventsOfEach: number;
  seed: number;
  withinMs: number;
}): Promise<OrderProof> {
  const { nats, temporal, eventsOfEach, seed, withinMs } = options;
  const { connection } = nats;
  const journals = Array.from({ length: options.journals }, (_, index) => `j-${seed}-${index}`);
  const schedule = scheduleOf({ journals, eventsOfEach }, seededRandom(seed));
  const messages = schedule.map(({ journalId, id, copy }) => ({
    event: notedEvent(journalId, id),
    messageId: `${id}/${copy}`,
  }));
  const roles = rolesWith(
    { NATS_URL: nats.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    { entry: JOURNAL_BRIDGE },
  );
  try {
    const [killed, stopped] = await Promise.all(Array.from({ length: BRIDGES }, () => roles.start('bridge')));
    const since = performance.now();
    const publishing = publishInOrder(connection, messages);
    const settled = (share: number) => untilSettled(connection, messages.length * share, withinMs);

    await settled(KILLED_AFTER);
    killed?.signal('SIGKILL');
    await settled(STOPPED_AFTER);
    stopped?.signal('SIGSTOP');
    await sleep(STOPPED_MS);
    stopped?.signal('SIGCONT');

    const sequences = await publishing;
    const { deliveries, deadLetters } = await settled(1);
    const seconds = (performance.now() - since) / 1_000;
    const books = await closeBooks(connection, temporal.client, journals);
    const events = journals.length * eventsOfEach;
    const signals = books.reduce((sum, book) => sum + book.signals, 0);
    return {
      seed,
      events,
      published: messages.length,
      deliveries,
      redeliveries: deliveries - messages.length,
      signals,
      repeatsDropped: signals - books.reduce((sum, { applied }) => sum + applied.length, 0),
      ...faultsIn(books, firstTimes(schedule, sequences)),
      deadLetters,
      seconds: Math.round(seconds),
    };
  } finally {
    await roles.stop();
  }
}

/** For each journal, the ids in the order in which they first appear in the stream. */
function firstTimes(
  schedule: readonly { readonly journalId: string; readonly id: string }[],
  sequences: readonly number[],
): Map<string, string[]> {
  const stored = schedule
    .map((publication, index) => ({ ...publication, sequence: sequences[index] ?? 0 }))
    .sort((one, other) => one.sequence - other.sequence);
  const ids = new Map<string, Set<string>>();
  for (const { journalId, id } of stored) ids.set(journalId, (ids.get(journalId) ?? new Set()).add(id));
  return new Map([...ids].map(([journalId, set]) => [journalId, [...set]]));
}
