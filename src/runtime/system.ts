import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** 132 bits: nobody finds two contents with the same one, and a workflow remembers a thousand. */
const CONTENT_HASH_LENGTH = 22;

/** Time and chance, as the parts of a process are given them; tests give their own. */
export const system = {
  clock: () => new Date(),
  /** Milliseconds that never run backwards. */
  now: () => performance.now(),
  random: Math.random,
  /** Resolves after this many milliseconds, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined),
  /** Of the content of an event. */
  hash: (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, CONTENT_HASH_LENGTH),
};
