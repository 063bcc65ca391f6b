import type { DomainEvent } from '../contracts/model/event';
import type { BatchPolicy } from '../contracts/model/route';

/** An event that no flush has taken yet. */
export interface Waiting<Event> {
  readonly event: Event;
  /** When the event was received, in milliseconds since 1970. */
  readonly at: number;
}

/** The events that a batcher has received and not yet flushed, the oldest first. */
export interface Collection<Event> {
  add(event: Event): void;
  isEmpty(): boolean;
  /** Whether the next batch is full. */
  isFull(): boolean;
  /**
   * When the next batch is due even if it is not full, in milliseconds since 1970. Call it only if the collection is
   * not empty.
   */
  dueAt(): number;
  /** Removes and returns the next batch: at least one event, and at most what an activity's input may hold. */
  take(): Event[];
  /** Whether all waiting events fit into the input of the next run. */
  isCarriable(): boolean;
  all(): Waiting<Event>[];
}

/**
 * The largest size of one batch, in characters of JSON. A character may take three bytes, so a batch takes at most 1.5
 * MiB of the 2 MiB that a payload may have. A single event is smaller, because it came as a message.
 */
const BATCH_CHARACTERS = 512 * 1024;
/**
 * The largest size of the events that go to the next run, in characters of JSON. The same payload also has 1,000
 * identities, which take up to 1.5 MiB.
 */
const CARRIED_CHARACTERS = 128 * 1024;

/**
 * Collects the events of one run.
 *
 * @param carried events that the previous run had not flushed
 */
export function collect<Event extends DomainEvent>(
  { size, withinMs, debounceMs = withinMs }: BatchPolicy,
  carried: readonly Waiting<Event>[],
): Collection<Event> {
  const waiting = carried.map((each) => ({ ...each, characters: charactersOf(each.event) }));
  let characters = waiting.reduce((sum, each) => sum + each.characters, 0);

  return {
    add: (event) => {
      const own = charactersOf(event);
      waiting.push({ event, at: Date.now(), characters: own });
      characters += own;
    },
    isEmpty: () => waiting.length === 0,
    isFull: () => waiting.length >= size || characters >= BATCH_CHARACTERS,
    dueAt: () => Math.min((waiting[0]?.at ?? 0) + withinMs, (waiting.at(-1)?.at ?? 0) + debounceMs),
    take: () => {
      let count = 0;
      let taken = 0;
      for (const each of waiting.slice(0, size)) {
        if (count > 0 && taken + each.characters > BATCH_CHARACTERS) break;
        taken += each.characters;
        count += 1;
      }
      characters -= taken;
      return waiting.splice(0, count).map(({ event }) => event);
    },
    isCarriable: () => characters <= CARRIED_CHARACTERS,
    all: () => waiting.map(({ event, at }) => ({ event, at })),
  };
}

function charactersOf(event: unknown): number {
  return JSON.stringify(event).length;
}
