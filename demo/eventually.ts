import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 200;

/** Asks until there is an answer, and gives `undefined` when there is none in time. */
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

/** Calls again while the other side is away. The call must be one that can be repeated. */
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
