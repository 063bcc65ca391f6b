import type { Log } from '../contracts';

/**
 * Limits the processes that an early event has opened and that wait for the event that begins them. Temporal counts
 * them; what this bridge has opened since is added.
 */
export interface WaitingQuota {
  /** Whether no further process may be opened like this. */
  isFull(): boolean;
  /** Reports that this bridge has opened one. */
  opened(): void;
  /** Sets how many wait, over all bridges. */
  counted(waiting: number): void;
}

/** @param most the most processes that may wait at once */
export function createWaitingQuota({
  most,
  log,
}: {
  readonly most: number;
  readonly log: Log;
}): WaitingQuota {
  let waiting = 0;
  // A count may be a few seconds old, so that the openings before it are added once more.
  let before = 0;
  let since = 0;
  let told = false;
  return {
    isFull: () => {
      const isFull = waiting + before + since >= most;
      if (isFull && !told)
        log.error(
          { waiting, most },
          'too many processes wait for their beginning: early events are dead-lettered',
        );
      told ||= isFull;
      return isFull;
    },
    opened: () => {
      since++;
    },
    counted: (count) => {
      waiting = count;
      before = since;
      since = 0;
      if (waiting + before < most) told = false;
    },
  };
}
