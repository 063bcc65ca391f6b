import type { DomainEvent } from '../contracts/model/event';
import type { BatchPolicy } from '../contracts/model/route';

/** An event that no flush has taken yet. */
export interface Waiting<Event> {
  readonly event: Event;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

/** The events that a batcher has and has not flushed, the oldest first. */
export interface Collection<Event> {
  add(event: Event): void;
  isEmpty(): boolean;
  /** Whether the next batch can take no more. */
  isFull(): boolean;
  /** When the next batch is due although it is not full; of a collection that is not empty. */
  dueAt(): number;
  /** Takes the next batch out: at least one event, at most what an activity's input may hold. */
  take(): Event[];
  /** Whether the next run can be given all that waits. */
  isCarriable(): boolean;
  all(): Waiting<Event>[];
}

/**
 * Characters of one batch as JSON, which may be three bytes each: 1.5 MiB of the 2 MiB that a payload may have. An
 * event by itself is smaller, because it came as a message.
 */
const BATCH_CHARACTERS = 512 * 1024;
/** Beside 1,000 of the longest identities, which take 1.5 MiB of the same payload. */
const CARRIED_CHARACTERS = 128 * 1024;

/** @param carried what the run before this one had not flushed */
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
