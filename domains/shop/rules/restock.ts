/** The most checks of the stock for one order: each adds some eleven events to its history, which may have 51,200. */
const MOST_LOOKS = 1_000;

/** The interval between an order's checks of the stock: `everyMs`, or longer, so that the checks do not fill its history. */
export function lookEvery({ everyMs, withinMs }: { everyMs: number; withinMs: number }): number {
  return Math.max(everyMs, Math.ceil(withinMs / MOST_LOOKS));
}
