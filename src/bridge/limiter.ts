import type { Log } from './ports';

/** Limits how many attempts run at once. The limit adapts: it is halved under pressure and grows by one at a time. */
export interface ConcurrencyLimiter {
  /** Runs the attempt when there is room, in the order of the calls. */
  run<Result>(attempt: () => Promise<Result>): Promise<Result>;
  /** Runs the attempt with no other work beside it. It waits for running attempts, not for queued ones. */
  runAlone<Result>(attempt: () => Promise<Result>): Promise<Result>;
  /** Runs synchronous work at once, whatever the limit; it waits only while an attempt runs alone. */
  runUnlimited<Result>(work: () => Result): Promise<Result>;
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
  const queue: (() => void)[] = [];
  const aloneQueue: (() => void)[] = [];
  /** Resolves when the attempt that runs alone has ended. */
  let alone: Promise<void> | undefined;
  let running = 0;
  let limit = most;
  let successes = 0;
  let lastCut = -Infinity;

  return {
    limit: () => limit,
    run: async (attempt) => {
      if (queue.length === 0 && hasRoom()) running++;
      else await new Promise<void>((resolve) => queue.push(resolve));
      try {
        return await attempt();
      } finally {
        running--;
        letIn();
      }
    },
    runAlone: async (attempt) => {
      let ended: () => void = () => undefined;
      await new Promise<void>((resolve) => {
        aloneQueue.push(() => {
          alone = new Promise((resolveEnd) => (ended = resolveEnd));
          resolve();
        });
        letIn();
      });
      try {
        return await attempt();
      } finally {
        running--;
        alone = undefined;
        ended();
        letIn();
      }
    },
    runUnlimited: async (work) => {
      while (alone) await alone;
      return work();
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

  function letIn(): void {
    if (!alone && running === 0 && aloneQueue.length > 0) admit(aloneQueue);
    while (queue.length > 0 && hasRoom()) admit(queue);
  }

  /** Counts the attempt here and not when it wakes: no other one may take its place meanwhile. */
  function admit(waiting: (() => void)[]): void {
    running++;
    waiting.shift()?.();
  }
}
