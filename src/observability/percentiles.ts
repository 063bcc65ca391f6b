/** Seconds of a sample: of how many things, their median, and what one of a hundred exceeds. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** By nearest rank; `undefined` of nothing. Of few values, p99 is the largest. */
export function percentilesOf(seconds: readonly number[]): Percentiles | undefined {
  if (seconds.length === 0) return undefined;
  const sorted = [...seconds].sort((one, other) => one - other);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99) };
}
