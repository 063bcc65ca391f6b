/**
 * A hot key does not hold up the other keys of its partition: while its events wait in their turn, a run works on those
 * of other keys behind them. Docs: docs/adr/0065-ahead-of-a-hot-key.md.
 */
import type { Log, StoredMessage } from '../../../../contracts';
import type { Delivery } from '../../../../delivery';
import { createHotKeyDetection } from './hot-key';
import type { Note, Notes } from './notes';
import type { Run } from './run';
import { keyOf, startRun } from './run';
import { createSettledAhead } from './settled-ahead';

/** The process that works ahead in a partition says so this often; after the second time without it, another one may. */
const BEAT_MS = 250;
const SILENT_MS = 1_000;
/** A process that hears nothing for so long after its own first note is the only one that begins. */
const HEARKEN_MS = 20;
/** A run that found no hot key, or could not read, is not repeated at once. */
const PAUSE_MS = 5_000;
/**
 * After the start of a process, if the event in flight has been delivered before. An event that ends its process may stand
 * behind it: while it is handled only in its turn, its deliveries are counted (see poison-message.ts).
 */
const CAUTIOUS_MS = 60_000;
/** As for an event that is handled. */
const HEARTBEAT_MS = 1_300;

/** A delivery with the number of events that wait behind it. */
export type InTurn = Delivery & { readonly waiting: number };

export interface Ahead {
  /** The events of one partition, in their turn. */
  of(partition: number): {
    /** Takes note of a delivery in its turn, before it is handled. True if it was settled ahead of its turn. */
    isSettled(delivery: InTurn): boolean | Promise<boolean>;
  };
  /** Ends all runs. Resolves when nothing is in flight. */
  stop(): Promise<void>;
}

export interface AheadParts {
  /** Of this process, as no other has it. */
  readonly id: string;
  /** The next messages of a partition from a sequence on, none left out; none at its end. */
  readonly read: (partition: number, from: number) => Promise<readonly StoredMessage[]>;
  readonly openNotes: (received: (note: Note) => void) => Notes;
  readonly handle: (delivery: Delivery, ending: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export function createAhead({ id: me, read, openNotes, handle, log, now, sleep }: AheadParts): Ahead {
  const partitions = new Map<number, ReturnType<typeof createPartition>>();
  const running = new Map<number, { run?: Run; readonly ended: Promise<void> }>();
  let isStopping = false;
  const notes = openNotes((note) => {
    if (note.by !== me) partitions.get(note.partition)?.heard(note);
  });
  const beat = setInterval(() => {
    for (const partition of running.keys()) notes.send({ by: me, partition });
  }, BEAT_MS).unref();

  return {
    of: (number) => {
      const partition = createPartition(number);
      partitions.set(number, partition);
      return partition;
    },
    stop: async () => {
      isStopping = true;
      for (const { run } of running.values()) run?.end();
      await Promise.all([...running.values()].map(({ ended }) => ended));
      clearInterval(beat);
      notes.close();
    },
  };

  function createPartition(number: number) {
    const settled = createSettledAhead();
    const detection = createHotKeyDetection();
    let turn = { sequence: 0, since: 0 };
    let notBefore = -Infinity;
    let heardAt = -Infinity;
    let givenWayAt = -Infinity;
    let run: Run | undefined;

    return {
      isSettled(delivery: InTurn): boolean | Promise<boolean> {
        const { sequence, waiting } = delivery;
        if (turn.sequence === 0 && delivery.deliveryCount > 1) notBefore = now() + CAUTIOUS_MS;
        // The consumer was made again, perhaps on another stream.
        if (sequence < turn.sequence) forget();
        turn = { sequence, since: now() };
        const hotKey = detection.delivered(() => keyOf(delivery), waiting);
        if (hotKey !== undefined && mayStart()) start(hotKey);
        if (settled.size() > 0) {
          const isDone = settled.has(delivery);
          settled.passed(sequence);
          if (isDone) return true;
        }
        const outcome = run?.outcomeOf(sequence);
        return outcome === undefined ? false : withHeartbeats(delivery, outcome);
      },

      /** Another process has settled an event, or works ahead. */
      heard({ by, settled: event }: Note): void {
        heardAt = now();
        if (event && turn.sequence > 0 && event.sequence > turn.sequence) settled.add(event);
        // Both have begun at once: one of them goes on.
        if (by > me) return;
        givenWayAt = now();
        run?.end();
      },
    };

    function forget(): void {
      run?.end();
      settled.clear();
    }

    function mayStart(): boolean {
      return !isStopping && !running.has(number) && now() >= notBefore && now() - heardAt > SILENT_MS;
    }

    function start(hotKey: string): void {
      const entry: { run?: Run; ended: Promise<void> } = { ended: Promise.resolve() };
      running.set(number, entry);
      entry.ended = work(hotKey, entry).finally(() => {
        running.delete(number);
        run = undefined;
      });
    }

    async function work(hotKey: string, entry: { run?: Run }): Promise<void> {
      const since = now();
      notes.send({ by: me, partition: number });
      await sleep(HEARKEN_MS);
      if (isStopping || givenWayAt >= since) return;
      run = startRun({
        ...{ hotKey, handle, settled, now, sleep },
        read: (from) => read(number, from),
        tell: ({ sequence, storedAt }) =>
          notes.send({ by: me, partition: number, settled: { sequence, storedAt } }),
        turn: () => turn,
        begun: () => {
          const what = 'a hot key: the events of other keys of its partition are handled before their turn';
          log.info({ partition: number, key: hotKey }, what);
        },
      });
      entry.run = run;
      try {
        if (!(await run.ended)) notBefore = now() + PAUSE_MS;
      } catch (error) {
        notBefore = now() + PAUSE_MS;
        log.warn({ err: error, partition: number }, 'events behind a hot key cannot be read ahead');
      }
    }
  }
}

/** Waits for the outcome of an event that is in flight ahead of its turn, which has come meanwhile. */
async function withHeartbeats(delivery: Delivery, outcome: Promise<boolean>): Promise<boolean> {
  const heartbeats = setInterval(() => delivery.working(), HEARTBEAT_MS);
  try {
    return await outcome;
  } finally {
    clearInterval(heartbeats);
  }
}
