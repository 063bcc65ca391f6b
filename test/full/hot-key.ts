/**
 * 1,500 events of one key, with events of other keys of its partition behind them: when those reach their workflows, with
 * one bridge, with two, and with two of which one is killed. `npm run test:full -- hot-key [events of the hot key]`, 2 to 4
 * minutes on two cores.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '../../bench/bridge/partition';
import { workflowIdOf } from '../../src/contracts';
import { closeBooks, faultsIn } from '../support/journal/books';
import { JOURNAL_BRIDGE } from '../support/journal/bridge-entry';
import { journal } from '../support/journal/domain';
import { notedEvent } from '../support/journal/events';
import type { JournalStage } from '../support/journal/stage';
import { onJournalStage, say } from '../support/journal/stage';
import { progressOf, publishInOrder, untilSettled } from '../support/journal/stream';
import { rolesWith } from '../support/roles';
import { numberGiven } from './number';

const HOT = numberGiven('events of the hot key', 1_500);
const NEIGHBOURS = 10;
const EVENTS_OF_EACH = 5;
const TARGET_MS = 1_000;
/** The server gives the event of a killed bridge away after four seconds, and a new event behind it waits for that. */
const KILLED_TARGET_MS = 6_000;
/** Much work is left, and has begun ahead. */
const KILLED_AFTER_MS = 1_500;
const WITHIN_MS = 3 * 60_000;

interface Trial {
  readonly bridges: number;
  readonly kill: boolean;
}

const TRIALS: readonly Trial[] = [
  { bridges: 1, kill: false },
  { bridges: 2, kill: false },
  { bridges: 2, kill: true },
];

say(`Budget: 4 minutes for ${TRIALS.length} times ${HOT} events of one key.`);

void onJournalStage(async (stage) => {
  const figures = [];
  for (const [number, trial] of TRIALS.entries()) figures.push(await tryOut(stage, trial, number));
  return {
    held: figures.every(
      ({ inversions, lost, doubled, deadLetters, startedAfterMs, laterAfterMs, kill }) =>
        inversions + lost + doubled + deadLetters === 0 &&
        startedAfterMs < TARGET_MS &&
        laterAfterMs < (kill ? KILLED_TARGET_MS : TARGET_MS),
    ),
    figures,
  };
});

async function tryOut({ nats, temporal }: JournalStage, { bridges, kill }: Trial, number: number) {
  const { connection } = nats;
  const { hot, neighbours, later } = keysOfOnePartition(`hot-${number}-${Date.now()}`);
  const published = new Map<string, string[]>();
  const messagesOf = (key: string, count: number) => {
    const ids = Array.from({ length: count }, (_, at) => `${key}.${at}`);
    published.set(key, ids);
    return ids.map((id) => ({ event: notedEvent(key, id), messageId: id }));
  };
  const roles = rolesWith(
    { NATS_URL: nats.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    { entry: JOURNAL_BRIDGE },
  );
  try {
    const [first] = await Promise.all(Array.from({ length: bridges }, () => roles.start('bridge')));
    const before = await progressOf(connection);
    const since = performance.now();
    await publishInOrder(connection, messagesOf(hot, HOT));
    const behind = performance.now();
    await publishInOrder(
      connection,
      neighbours.flatMap((key) => messagesOf(key, EVENTS_OF_EACH)),
    );
    const startedAfterMs = await startOf(neighbours, behind);
    await sleep(KILLED_AFTER_MS);
    if (kill) first?.signal('SIGKILL');
    const afterwards = performance.now();
    await publishInOrder(
      connection,
      later.flatMap((key) => messagesOf(key, EVENTS_OF_EACH)),
    );
    const laterAfterMs = await startOf(later, afterwards);
    const { left } = await progressOf(connection);
    const { stored, deadLetters, deliveries } = await untilAllSettled();
    const seconds = (performance.now() - since) / 1_000;
    const books = await closeBooks(connection, temporal.client, [...published.keys()]);
    const signals = books.reduce((sum, book) => sum + book.signals, 0);
    const applied = books.reduce((sum, book) => sum + book.applied.length, 0);
    return {
      ...{ bridges, kill, startedAfterMs, laterAfterMs, leftThen: left },
      ...faultsIn(books, published),
      ...{ deadLetters, repeatsDropped: signals - applied },
      redeliveries: deliveries - before.deliveries - (stored - before.stored),
      seconds: Math.round(seconds),
    };
  } finally {
    await roles.stop();
  }

  async function untilAllSettled() {
    const { stored } = await progressOf(connection);
    return untilSettled(connection, stored, WITHIN_MS);
  }

  /** When the last of these journals was opened, in milliseconds after `since`, by Temporal's clock. */
  async function startOf(keys: readonly string[], since: number): Promise<number> {
    const published = Date.now() - (performance.now() - since);
    const starts = await Promise.all(
      keys.map(async (key) => {
        const handle = temporal.client.workflow.getHandle(workflowIdOf(journal, key));
        for (;;) {
          const started = await handle.describe().then(
            ({ startTime }) => startTime.getTime(),
            () => undefined,
          );
          if (started !== undefined) return started - published;
          if (performance.now() - since > WITHIN_MS) throw new Error(`${key} has not started`);
          await sleep(50);
        }
      }),
    );
    return Math.round(Math.max(...starts));
  }
}

/** A hot key and further keys of its partition: for events right behind those of the hot key, and for later ones. */
function keysOfOnePartition(run: string) {
  const keys: string[] = [];
  for (let at = 0; keys.length < 1 + 2 * NEIGHBOURS; at++) {
    const key = `${run}-${at}`;
    if (partitionOf(key) === partitionOf(`${run}-0`)) keys.push(key);
  }
  const [hot = '', ...others] = keys;
  return { hot, neighbours: others.slice(0, NEIGHBOURS), later: others.slice(NEIGHBOURS) };
}
