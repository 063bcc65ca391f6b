import type { DomainEvent } from '../../contracts/model/event';

/**
 * The largest size of the events that go to the next occurrence, in characters of JSON, of which each may take three
 * bytes. The same payload also has 1,000 identities, which take up to 1.5 MiB of the 2 MiB that a payload may have. One
 * event always goes.
 */
const CARRIED_CHARACTERS = 128 * 1024;

/**
 * Splits the events that an occurrence leaves. The first event that may open the next occurrence goes to it, with all
 * events behind that one, as far as they fit. Events before it, and events that do not fit, are late.
 *
 * @param next events that already go to the next occurrence
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
