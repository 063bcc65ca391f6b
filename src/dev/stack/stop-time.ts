/** Long enough for a process that only has to receive the signal. */
const LEAST_MS = 250;

/**
 * The time that the next process may take to end, in milliseconds: half of what is left, and all of it for the last one. So one
 * that hangs leaves time to the others.
 *
 * @param deadline milliseconds since 1970
 */
export function remainingShare(
  deadline: number,
  { isLast, now = Date.now() }: { readonly isLast: boolean; readonly now?: number },
): number {
  const left = deadline - now;
  return Math.max(LEAST_MS, isLast ? left : left / 2);
}
