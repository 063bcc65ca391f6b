/** First wait after a transient failure; Temporal's frontend restarts within seconds. */
const FIRST_MS = 100;
/** Work goes on within seconds of Temporal's return, so the wait never grows beyond this. */
const LONGEST_MS = 2_000;

/**
 * Capped exponential back-off with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/):
 * at least half of the cap, so that 64 held partitions do not ask in a spin.
 *
 * @param attempt 1 for the wait after the first failure.
 * @returns milliseconds
 */
export function backoff(attempt: number, random: () => number): number {
  const cap = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return cap / 2 + (cap / 2) * random();
}
