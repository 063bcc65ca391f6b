import type { Deferred } from '../async';
import { deferred } from '../async';
import type { Log } from '../contracts';

/**
 * Limits how many attempts run at once. The limit adapts: pressure halves it, and successes raise it by one at a
 * time.
 */
export interface ConcurrencyLimiter {
  /**
   * Resolves when there is room for one more attempt, in the order of the calls.
   *
   * @returns a function that ends the attempt
   */
  enter(): Promise<() => void>;
  /**
   * Resolves when no other attempt is running. No other attempt begins until this one has ended. It waits for running
   * attempts, not for queued ones.
   *
   * @returns a function that ends the attempt
   */
  enterAlone(): Promise<() => void>;
  /**
   * Resolves when the attempt that runs alone has ended; `undefined` if none runs alone. It does not depend on the
   * limit.
   */
  alone(): Promise<void> | undefined;
  /** Reports a successful attempt. After as many successes as the limit, the limit grows by one. */
  succeeded(): void;
  /** Halves the limit, at most once a second. */
  cut(why: string, cause?: unknown): void;
  /** The current limit of attempts at once, at least 1. */
  limit(): number;
}

export interface LimiterParts {
  /** The highest limit of attempts at once. */
  readonly most: number;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Answers within this time come from requests under the same limit, so they cut it only once. */
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

  /** Counts the attempt here and not when its caller resumes, so that no other attempt takes its place in between. */
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
