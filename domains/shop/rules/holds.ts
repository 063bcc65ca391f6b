/** An amount that is held at the payment provider. */
export interface Hold {
  readonly paymentId: string;
  readonly amount: number;
}

/**
 * When a hold has to be renewed: so long before its end as the shop wants, and not before half of its time is over.
 *
 * @param hold times in milliseconds
 */
export function renewalOf({
  now,
  expiresAt,
  beforeMs,
}: {
  readonly now: number;
  readonly expiresAt: number | undefined;
  readonly beforeMs: number;
}): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(expiresAt - beforeMs, now + (expiresAt - now) / 2);
}

/**
 * What to take of each hold, so that it comes to the total: the oldest first, each at most once. An order has more than one
 * hold when an amendment has made it dearer; the provider lifts what is left of a hold when a part of it is taken.
 */
export function captures<Of extends Hold>(holds: readonly Of[], total: number): Of[] {
  let left = total;
  return holds.flatMap((hold) => {
    const amount = Math.min(hold.amount, left);
    left -= amount;
    return amount > 0 ? [{ ...hold, amount }] : [];
  });
}

/** The holds of which nothing will be taken. */
export function needless<Of extends Hold>(holds: readonly Of[], total: number): Of[] {
  const needed = new Set(captures(holds, total).map(({ paymentId }) => paymentId));
  return holds.filter(({ paymentId }) => !needed.has(paymentId));
}

/** What has to be held in addition, so that the holds come to the total. */
export function missing(holds: readonly Hold[], total: number): number {
  return Math.max(0, total - holds.reduce((sum, { amount }) => sum + amount, 0));
}

/** What to give back of what was taken: of the latest payment first. */
export function refunds<Of extends Hold>(taken: readonly Of[], amount: number): Of[] {
  return captures([...taken].reverse(), amount);
}
