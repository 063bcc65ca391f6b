import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../contracts';

/** How often there is a look for what may be forgotten. */
const EVERY_MS = 60 * 60_000;
/** Between two portions: what is to be published goes first. */
const BETWEEN_PORTIONS_MS = 20;

/** Removes one portion of what nobody needs any more. @returns whether there may be more of it */
export type Chore = () => Promise<boolean>;

/** Does each chore once an hour, portion by portion, until the signal aborts; one that fails is done an hour later. */
export function housekeeping(
  chores: Readonly<Record<string, Chore>>,
  { log }: { readonly log: Log },
): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
    // Read through a function: the compiler would otherwise take an earlier answer for the present one.
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
