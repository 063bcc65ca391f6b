import { stepKeyOf } from '../../contracts';
import type { Occurrences } from '../../effects';
import type { Player } from './script';

export type OccurrenceStep = keyof Occurrences;

/** Which occurrences have ended, in memory. */
export interface FakeOccurrences extends Occurrences {
  /** Occurrences that have ended, each once. */
  readonly ended: ReadonlySet<string>;
}

/**
 * @example
 * const occurrences = createFakeOccurrences(createScript<OccurrenceStep>());
 * const activities = occurrenceActivities(occurrences);
 */
export function createFakeOccurrences(player: Player<OccurrenceStep>): FakeOccurrences {
  const ended = new Set<string>();
  return {
    ended,
    hasOccurrenceEnded: (input) =>
      player.play('hasOccurrenceEnded', input, () => ended.has(input.occurrence)),
    endOccurrences: (input) =>
      player.play('endOccurrences', input, () => {
        for (const occurrence of input.occurrences) {
          if (ended.has(occurrence)) continue;
          ended.add(occurrence);
          player.tookEffect('endOccurrences', stepKeyOf(input.correlationKey, occurrence, 'ended'));
        }
      }),
  };
}
