import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../contracts';

/** How often the chores run. */
const EVERY_MS = 60 * 60_000;
/** The pause between two portions, so that publishing comes first. */
const BETWEEN_PORTIONS_MS = 20;

/** Removes one portion of data that is not needed any more. @returns whether there may be more of it */
export type Chore = () => Promise<boolean>;

/**
 * Runs each chore once an hour, portion by portion, until the signal aborts. A chore that fails runs again an hour
 * later.
 */
export function housekeeping(
  chores: Readonly<Record<string, Chore>>,
  { log }: { readonly log: Log },
): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
    // A function, because the compiler would otherwise assume that an earlier answer still holds.
    const isOver = () => signal.aborted;
    while (!isOver()) {
      for (const [name, chore] of Object.entries(chores)) {
        try {
          while (!isOver() && (await chore())) await pause(BETWEEN_PORTIONS_MS);
        } catch (error) {
          log.warn({ err: error, chore: name }, 'housekeeping failed; the next attempt is in an hour');
        }
      }
      await pause(EVERY_MS);
    }
  };
}
