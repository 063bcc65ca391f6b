import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * 132 bits: it is not feasible to find two contents with the same hash. It is short because a workflow remembers a thousand
 * hashes.
 */
const CONTENT_HASH_LENGTH = 22;

/** Clock, timers and randomness, given to the parts of a process; tests inject their own. */
export const system = {
  clock: () => new Date(),
  /** Milliseconds that never run backwards. */
  now: () => performance.now(),
  random: Math.random,
  /** Resolves after this many milliseconds, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined),
  /** Hash of an event's content. */
  hash: (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, CONTENT_HASH_LENGTH),
};
