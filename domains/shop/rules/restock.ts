/** Looks at the stock that one order makes: each costs some eleven events of its history, which may have 51,200. */
const MOST_LOOKS = 1_000;

/** How often an order that waits for stock looks for it: as the shop wants, and not so often that its history would be full. */
export function lookEvery({ everyMs, withinMs }: { everyMs: number; withinMs: number }): number {
  return Math.max(everyMs, Math.ceil(withinMs / MOST_LOOKS));
}
