import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
const PATIENCE_MS = 10_000;

/** Asks until the answer is neither `false` nor `undefined`, and returns it; throws after a while, naming what it waited for. */
export async function until<Value>(
  what: string,
  ask: () => Value | Promise<Value>,
  ms = PATIENCE_MS,
): Promise<Exclude<Value, false | undefined>> {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer as Exclude<Value, false | undefined>;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(POLL_MS);
  }
}
