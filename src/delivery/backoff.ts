import { backoff } from '../async';

/** Temporal's frontend restarts within seconds; events are tried again within seconds of its return. */
const LIMITS = { firstMs: 100, longestMs: 2_000 };

/**
 * How long an event is held before it is tried again, in milliseconds.
 *
 * @param attempt 1 after the first failure
 */
export function retryPause(attempt: number, random: () => number): number {
  return backoff(attempt, LIMITS, random);
}
