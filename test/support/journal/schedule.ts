import type { Random } from '../../../src/dev/random';

/** One publish of one event; the same event may have several. */
export interface Publication {
  readonly journalId: string;
  /** The id of the event: `<journal>.<number>`, in the order in which the events of a journal first appear. */
  readonly id: string;
  readonly copy: number;
}

/** The most later events of its journal before a repeat comes. */
const REPEATED_WITHIN = 8;

/** Each event once, twice or three times; the first publishes of a journal in order, and all journals mixed. */
export function scheduleOf(
  { journals, eventsOfEach }: { journals: readonly string[]; eventsOfEach: number },
  random: Random,
): Publication[] {
  const timed: (Publication & { readonly at: number })[] = [];
  for (const journalId of journals) {
    for (let number = 0; number < eventsOfEach; number++) {
      const first = number + random.between(0, 1);
      const copies = random.pick([1, 2, 3]);
      for (let copy = 0; copy < copies; copy++) {
        const at = copy === 0 ? first : first + random.between(0, REPEATED_WITHIN);
        timed.push({ journalId, id: `${journalId}.${number}`, copy, at });
      }
    }
  }
  return timed
    .sort((one, other) => one.at - other.at)
    .map(({ journalId, id, copy }) => ({ journalId, id, copy }));
}
