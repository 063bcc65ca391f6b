import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
/** The interval grows: polled every 20 ms by three test files at a time, a server does little else. */
const LONGEST_POLL_MS = 200;
const GROWTH = 1.2;
const PATIENCE_MS = 10_000;

/**
 * Calls `ask` until its answer is neither `false` nor `undefined`, and returns it; throws after `ms`, naming what it waited for.
 *
 * @param ask a function that answers without a promise is called every 20 ms
 */
export async function until<Value>(
  what: string,
  ask: () => Value | Promise<Value>,
  ms = PATIENCE_MS,
): Promise<Exclude<Value, false | undefined>> {
  const deadline = Date.now() + ms;
  for (let pause = POLL_MS; ;) {
    const asked = ask();
    const answer = await asked;
    if (answer !== false && answer !== undefined) return answer as Exclude<Value, false | undefined>;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(pause);
    if (asked instanceof Promise) pause = Math.min(pause * GROWTH, LONGEST_POLL_MS);
  }
}
