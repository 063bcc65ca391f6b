import { setImmediate as turn } from 'node:timers/promises';
import type { Transaction } from '../../../src/adapters/postgres';
import type { Received } from '../../../src/delivery';
import type { DomainEvent } from '../../../src/contracts';
import { createCatalogue, defineSubscription } from '../../../src/contracts';
import type { SubscriptionMetrics } from '../../../src/subscriptions';
import { subscribe } from '../../../src/subscriptions';
import type { Advance } from '../../../src/subscriptions/batch/apply';
import { createBatchApplier } from '../../../src/subscriptions/batch/apply';
import { rememberingLog } from '../log';
import { pinged, pingDomain, ponged } from '../ping/domain';
import { pingEvent } from '../ping/events';
import { fakeDeadLetters } from './bridge';

export const pingBatches = defineSubscription({
  name: 'pings',
  mode: 'shared',
  batch: { size: 100, withinMs: 100 },
  events: [pinged, ponged],
});

/** Messages with these notes, one after another in the stream. */
export function messagesOf(notes: readonly string[], from = 1): Received[] {
  return notes.map((note, index) => {
    const { subject, body } = pingEvent(`p-${index}`, { note });
    return {
      ...{ subject, body, headers: {}, stream: 'EVENTS', sequence: from + index, deliveryCount: 1 },
      storedAt: new Date('2026-01-01T00:00:00Z'),
    };
  });
}

/** A batch subscription on fakes. Its pauses take no time; `onPause` can end everything. */
export function batchesAmongFakes(options: {
  handle: (notes: readonly string[]) => Promise<void> | void;
  onCommit?: (to: number) => Promise<void> | void;
  onPause?: (count: number, stop: AbortController) => void;
  surroundings?: () => Promise<boolean>;
  attempts?: number;
}) {
  const settlements: { outcome: string; reason: string | undefined }[] = [];
  const holds: string[] = [];
  /** What is committed: the notes, and the position. */
  const applied: string[] = [];
  let position = 0;
  const deadLetters = fakeDeadLetters(0, []);
  const metrics: SubscriptionMetrics = {
    settled: (outcome, reason) => void settlements.push({ outcome, reason }),
    held: (cause) => void holds.push(cause),
  };
  const stop = new AbortController();
  let pauses = 0;
  const notesOf = (events: readonly DomainEvent[]) =>
    events.map(({ data }) => (data as { note: string }).note);
  const apply = createBatchApplier({
    subscribed: subscribe(pingBatches, {
      handle: async (events, transaction) => {
        await options.handle(notesOf(events));
        for (const note of notesOf(events)) await transaction.query('insert', [note]);
      },
    }),
    catalogue: createCatalogue([{ ...pingDomain, subscriptions: [pingBatches] }]),
    deadLetters,
    metrics,
    ...(options.surroundings && { surroundings: options.surroundings }),
    ...(options.attempts !== undefined && { attempts: options.attempts }),
    log: rememberingLog(),
    now: () => 0,
    random: () => 0,
    sleep: async () => {
      options.onPause?.(++pauses, stop);
      await turn();
    },
  });
  const advance: Advance = async (to, work) => {
    const written: string[] = [];
    await work({
      query: (_, values) => {
        written.push(String(values?.[0]));
        return Promise.resolve([]);
      },
    } satisfies Transaction);
    await options.onCommit?.(to);
    applied.push(...written);
    position = to;
  };
  return {
    ...{ settlements, holds, applied, deadLetters: deadLetters.deadLetters },
    position: () => position,
    pauses: () => pauses,
    apply: (messages: readonly Received[]) => apply(messages, advance, stop.signal),
  };
}
