/** Nobody publishes in the name of another. */
import type { Invariant } from './invariant';
import { each } from './invariant';

const forgedIsRefused: Invariant = {
  name: 'no event of a source without the right to it was applied',
  check: ({ ledger, runs, books, deadLetters }) => {
    const applied = new Set(runs.flatMap(({ signals }) => signals));
    const refused = new Set(
      deadLetters.filter(({ reason }) => reason === 'forbidden-origin').map(({ identity }) => identity),
    );
    return each(ledger.forged, (identity) => [
      ...(applied.has(identity) ? [`${identity} has reached a workflow`] : []),
      ...(books.timeline.some((row) => row.endsWith(` ${identity}`)) ? [`${identity} was told`] : []),
      ...(refused.has(identity) ? [] : [`${identity} is no dead letter forbidden-origin`]),
    ]);
  },
};

export const origins: readonly Invariant[] = [forgedIsRefused];
