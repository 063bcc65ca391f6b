/** In milliseconds. */
export interface BackoffLimits {
  /** The wait after the first failure. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * The wait doubles with each failure, up to the longest one.
 *
 * @param failures in a row; 1 after the first one
 * @returns milliseconds
 */
export function doubling(failures: number, { firstMs, longestMs }: BackoffLimits): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1));
}

/**
 * {@link doubling} with jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): a random
 * pause of at least half of the wait, so that 64 partitions neither spin nor ask all at once.
 */
export function backoff(failures: number, limits: BackoffLimits, random: () => number = Math.random): number {
  const cap = doubling(failures, limits);
  return cap / 2 + (cap / 2) * random();
}
