import { STEP_ATTEMPTS } from '../attempts';
import type { ForwardSteps } from '../forward';
import { stepsOnOwnDatabase } from '../steps';

/** The engine's own activities, which the worker of the workflow's pool has. */
interface OccurrenceActivities {
  hasOccurrenceEnded(input: {
    readonly correlationKey: string;
    readonly occurrence: string;
  }): Promise<boolean>;
  endOccurrences(input: {
    readonly correlationKey: string;
    readonly occurrences: readonly string[];
  }): Promise<void>;
}

/**
 * The records of the occurrences that have ended. Temporal forgets a closed workflow; they stay.
 *
 * @param options.taskQueue task queue of the workflow's own pool
 */
export function openRecords(
  forward: ForwardSteps,
  { correlationKey, taskQueue }: { readonly correlationKey: string; readonly taskQueue: string },
) {
  const steps = stepsOnOwnDatabase<OccurrenceActivities>({ ...STEP_ATTEMPTS, taskQueue });
  return {
    hasEnded: (occurrence: string) =>
      forward.retriable({
        name: 'hasOccurrenceEnded',
        run: () =>
          steps.hasOccurrenceEnded('Look whether it has ended before', { correlationKey, occurrence }),
      }),
    add: (occurrences: readonly string[]) =>
      forward.retriable({
        name: 'endOccurrences',
        run: () => steps.endOccurrences('Record that it has ended', { correlationKey, occurrences }),
      }),
  };
}
