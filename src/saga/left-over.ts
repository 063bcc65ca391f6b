import type { DomainEvent } from '../contracts/model/event';

/**
 * Characters of the events that go to the next occurrence, as JSON, which may be three bytes each: beside 1,000 of the longest
 * identities, which take 1.5 MiB of the 2 MiB that a payload may have. One event always goes.
 */
const CARRIED_CHARACTERS = 128 * 1024;

/**
 * Which of the events that an occurrence leaves go to the next one: the first that may open it, and all that came behind that, as
 * far as they fit. What came before it, and what does not fit, is late.
 *
 * @param next what goes to the next occurrence already
 */
export function leftForNext<Event extends DomainEvent>(
  left: readonly Event[],
  next: readonly Event[],
  isOpening: (event: Event) => boolean,
): { readonly next: readonly Event[]; readonly late: readonly Event[] } {
  const first = next.length > 0 ? 0 : left.findIndex(isOpening);
  if (first < 0) return { next: [], late: left };
  let characters = charactersOf(next);
  const behind = left.slice(first);
  const over = behind.findIndex((event, at) => {
    characters += charactersOf(event);
    return next.length + at > 0 && characters > CARRIED_CHARACTERS;
  });
  const fitting = over < 0 ? behind.length : over;
  return { next: behind.slice(0, fitting), late: [...left.slice(0, first), ...behind.slice(fitting)] };
}

function charactersOf(value: unknown): number {
  return JSON.stringify(value).length;
}
