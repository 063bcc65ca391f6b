/** The age in seconds; 0 for a time that another machine's clock puts in the future. */
export function ageSeconds(since: Date, now: Date): number {
  return Math.max(0, (now.getTime() - since.getTime()) / 1_000);
}
