import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** One of the users of a time-skipping server's clock. The server skips no time until every participant waits. */
export interface Participant {
  /** The server's time, in milliseconds since 1970. */
  now(): Promise<number>;
  /** Waits until the server's clock reaches this instant. The clock skips to it when all participants wait. */
  until(instant: number): Promise<void>;
  leave(): void;
}

export interface SharedClock {
  join(): Participant;
}

/**
 * A time-skipping server has one clock for all its workflows: a skip for one workflow would pass the deadlines of all others.
 * This clock moves only when every participant waits, and no further than the earliest instant that one waits for.
 */
export function shareClock(env: Pick<TestWorkflowEnvironment, 'currentTimeMs' | 'sleep'>): SharedClock {
  const participants = new Set<symbol>();
  const waiting = new Map<symbol, { readonly instant: number; readonly wake: () => void }>();
  let isMoving = false;

  async function moveIfAllWait(): Promise<void> {
    if (isMoving) return;
    isMoving = true;
    while (waiting.size > 0 && waiting.size === participants.size) {
      const first = Math.min(...[...waiting.values()].map(({ instant }) => instant));
      const left = first - (await env.currentTimeMs());
      if (left > 0) await env.sleep(left);
      for (const [who, { instant, wake }] of [...waiting]) {
        if (instant > first) continue;
        waiting.delete(who);
        wake();
      }
    }
    isMoving = false;
  }

  return {
    join: () => {
      const self = Symbol('participant');
      participants.add(self);
      return {
        now: () => env.currentTimeMs(),
        until: (instant) =>
          new Promise((wake, fail) => {
            waiting.set(self, { instant, wake });
            moveIfAllWait().catch(fail);
          }),
        leave: () => {
          participants.delete(self);
          waiting.delete(self);
          // The others may all be waiting now. Errors are reported to the participant that has begun to wait, so they are ignored
          // here.
          moveIfAllWait().catch(() => undefined);
        },
      };
    },
  };
}
