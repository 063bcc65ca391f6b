import { processOf } from '../../contracts';
import type { Occurrences } from '../../effects';
import type { Player } from './script';

/** The steps of {@link FakeOccurrences}, for a script. */
export type OccurrenceStep = keyof Occurrences;

/** Which occurrences have ended, in memory. */
export interface FakeOccurrences extends Occurrences {
  /** `<correlation key>.<occurrence>` of each occurrence that has ended, once each. */
  readonly ended: ReadonlySet<string>;
}

/**
 * Creates the occurrences of one fixture of fakes, in memory.
 *
 * @example
 * const occurrences = createFakeOccurrences(createScript<OccurrenceStep>());
 * const activities = occurrenceActivities(occurrences);
 */
export function createFakeOccurrences(player: Player<OccurrenceStep>): FakeOccurrences {
  const ended = new Set<string>();
  return {
    ended,
    hasOccurrenceEnded: (input) =>
      player.play('hasOccurrenceEnded', input, () =>
        ended.has(processOf(input.correlationKey, input.occurrence)),
      ),
    endOccurrences: (input) =>
      player.play('endOccurrences', input, () => {
        for (const each of input.occurrences) {
          const process = processOf(input.correlationKey, each);
          if (ended.has(process)) continue;
          ended.add(process);
          player.tookEffect('endOccurrences', process);
        }
      }),
  };
}
