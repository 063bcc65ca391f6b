import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** One of those who share the clock of a time-skipping server. Until it waits, no time is skipped. */
export interface Participant {
  /** The server's time, in milliseconds since 1970. */
  now(): Promise<number>;
  /** Waits until the server's clock is there. It is skipped to when all participants wait. */
  until(instant: number): Promise<void>;
  leave(): void;
}

export interface SharedClock {
  join(): Participant;
}

/**
 * The clock of a time-skipping server is one for all its workflows: skipped for one, it would pass the deadlines of all
 * others. Here it moves only when everybody waits for it, and no further than the first of them wants.
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
          // Whoever still waits for it waits no longer; what fails, fails in the one who has begun to wait.
          moveIfAllWait().catch(() => undefined);
        },
      };
    },
  };
}
