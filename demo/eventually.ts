import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 200;

/** Calls `ask` until it gives an answer; `undefined` if it gives none in time. */
export async function eventually<Answer>(
  ask: () => Promise<Answer | undefined>,
  withinMs: number,
): Promise<Answer | undefined> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > until) return answer;
    await sleep(LOOK_MS);
  }
}

const REPEATED_FOR_MS = 60_000;

/** Repeats a call while the other side is unavailable. The call must be safe to repeat. */
export async function persistently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const until = Date.now() + REPEATED_FOR_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(LOOK_MS);
    }
  }
}
