import type { Deferred } from '../async';
import { deferred } from '../async';
import type { Log } from '../contracts';

/** Limits how many attempts run at once. The limit adapts: it is halved under pressure and grows by one at a time. */
export interface ConcurrencyLimiter {
  /** Resolves when there is room for one more attempt, in the order of the calls. @returns what ends the attempt */
  enter(): Promise<() => void>;
  /**
   * Resolves when nothing else is running; until the attempt has ended, nothing else begins. It waits for running attempts, not
   * for queued ones.
   *
   * @returns what ends the attempt
   */
  enterAlone(): Promise<() => void>;
  /** Resolves when the attempt that runs alone has ended; `undefined` while there is none. Not a matter of the limit. */
  alone(): Promise<void> | undefined;
  /** An attempt succeeded: one more at once after as many successes as the limit. */
  succeeded(): void;
  /** Halves the limit, once a second at most. */
  cut(why: string, cause?: unknown): void;
  /** Attempts at once, 1 at least. */
  limit(): number;
}

export interface LimiterParts {
  /** Attempts at once at most. */
  readonly most: number;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly log: Log;
}

/** Answers of one moment were all asked for under the same limit: they cut it once. */
const CUT_AT_MOST_EVERY_MS = 1_000;

export function createLimiter({ most, now, log }: LimiterParts): ConcurrencyLimiter {
  const queue: Deferred<void>[] = [];
  const aloneQueue: Deferred<void>[] = [];
  /** Resolves when the attempt that runs alone has ended. */
  let alone: Deferred<void> | undefined;
  let running = 0;
  let limit = most;
  let successes = 0;
  let lastCut = -Infinity;

  return {
    limit: () => limit,
    alone: () => alone?.promise,
    enter: async () => {
      if (queue.length === 0 && hasRoom()) running++;
      else await queued(queue);
      return leave;
    },
    enterAlone: async () => {
      const admitted = queued(aloneQueue);
      letIn();
      await admitted;
      return () => {
        alone?.resolve();
        alone = undefined;
        leave();
      };
    },
    succeeded: () => {
      if (limit === most || ++successes < limit) return;
      successes = 0;
      limit++;
      letIn();
    },
    cut: (why, cause) => {
      if (now() - lastCut < CUT_AT_MOST_EVERY_MS) return;
      lastCut = now();
      successes = 0;
      limit = Math.max(1, Math.floor(limit / 2));
      log.warn({ limit, ...(cause !== undefined && { err: cause }) }, `${why}: fewer events at once`);
    },
  };

  function hasRoom(): boolean {
    return !alone && aloneQueue.length === 0 && running < limit;
  }

  function leave(): void {
    running--;
    letIn();
  }

  function letIn(): void {
    if (!alone && running === 0 && aloneQueue.length > 0) {
      alone = deferred();
      admit(aloneQueue);
    }
    while (queue.length > 0 && hasRoom()) admit(queue);
  }

  /** Counts the attempt here and not when it wakes: no other one may take its place meanwhile. */
  function admit(waiting: Deferred<void>[]): void {
    running++;
    waiting.shift()?.resolve();
  }
}

function queued(waiting: Deferred<void>[]): Promise<void> {
  const admission = deferred();
  waiting.push(admission);
  return admission.promise;
}
