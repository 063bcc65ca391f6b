import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** Nothing has made progress for a while of real time. */
export class StandsStillError extends Error {
  override readonly name = 'StandsStillError';
}

/** One of the users of a time-skipping server's clock. The server skips no time until every participant waits. */
export interface Participant {
  /** The server's time, in milliseconds since 1970. */
  now(): Promise<number>;
  /**
   * Waits until the server's clock reaches this instant. The clock skips to it when all participants wait.
   *
   * @throws StandsStillError when the clock does not move: the server holds it while an activity is under way
   */
  until(instant: number): Promise<void>;
  leave(): void;
}

interface Waiting {
  readonly instant: number;
  readonly wake: () => void;
  readonly fail: (error: unknown) => void;
}

export interface SharedClock {
  join(): Participant;
}

/**
 * A time-skipping server has one clock for all its workflows: a skip for one workflow would pass the deadlines of all others.
 * This clock moves only when every participant waits, and no further than the earliest instant that one waits for. If it cannot
 * move, all who wait are told.
 *
 * @param standsStillMs real time within which the server has to move its clock
 */
export function shareClock(
  env: Pick<TestWorkflowEnvironment, 'currentTimeMs' | 'sleep'>,
  standsStillMs: number,
): SharedClock {
  const participants = new Set<symbol>();
  const waiting = new Map<symbol, Waiting>();
  let isMoving = false;

  async function moveIfAllWait(): Promise<void> {
    if (isMoving) return;
    isMoving = true;
    try {
      while (waiting.size > 0 && waiting.size === participants.size) {
        const first = Math.min(...[...waiting.values()].map(({ instant }) => instant));
        await moveTo(first);
        for (const [who, { instant, wake }] of [...waiting]) {
          if (instant > first) continue;
          waiting.delete(who);
          wake();
        }
      }
    } catch (error) {
      for (const { fail } of waiting.values()) fail(error);
      waiting.clear();
    } finally {
      isMoving = false;
    }
  }

  let last: Promise<unknown> = Promise.resolve();

  /** One move after another: one that was given up may still come to its end. */
  async function moveTo(instant: number): Promise<void> {
    const move = last.then(async () => {
      const left = instant - (await env.currentTimeMs());
      if (left > 0) await env.sleep(left);
    });
    last = move.catch(() => undefined);
    const over = new AbortController();
    const standsStill = sleep(standsStillMs, undefined, { signal: over.signal }).then(() => {
      throw new StandsStillError(
        `the server's clock did not move within ${standsStillMs} ms of real time; an activity may hold it`,
      );
    });
    try {
      await Promise.race([move, standsStill]);
    } finally {
      over.abort();
    }
  }

  return {
    join: () => {
      const self = Symbol('participant');
      participants.add(self);
      return {
        now: () => env.currentTimeMs(),
        until: (instant) =>
          new Promise((wake, fail) => {
            waiting.set(self, { instant, wake, fail });
            void moveIfAllWait();
          }),
        leave: () => {
          participants.delete(self);
          waiting.delete(self);
          // The others may all be waiting now.
          void moveIfAllWait();
        },
      };
    },
  };
}
