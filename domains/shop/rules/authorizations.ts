/** An amount that is held at the payment provider. */
export interface AuthorizedAmount {
  readonly paymentId: string;
  readonly amount: number;
}

/**
 * When an authorization has to be renewed: so long before its end as the shop wants, and not before half of its time is over.
 *
 * @param authorization times in milliseconds
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
 * What to take of each authorization, so that it comes to the total: the oldest first, each at most once. An order has more than one
 * authorization when an amendment has made it dearer; the provider lifts what is left of an authorization when a part of it is taken.
 */
export function captures<Of extends AuthorizedAmount>(authorizations: readonly Of[], total: number): Of[] {
  let left = total;
  return authorizations.flatMap((authorization) => {
    const amount = Math.min(authorization.amount, left);
    left -= amount;
    return amount > 0 ? [{ ...authorization, amount }] : [];
  });
}

/** The authorizations of which nothing will be taken. */
export function surplusOf<Of extends AuthorizedAmount>(authorizations: readonly Of[], total: number): Of[] {
  const needed = new Set(captures(authorizations, total).map(({ paymentId }) => paymentId));
  return authorizations.filter(({ paymentId }) => !needed.has(paymentId));
}

/** What has to be held in addition, so that the authorizations come to the total. */
export function outstandingOf(authorizations: readonly AuthorizedAmount[], total: number): number {
  return Math.max(0, total - authorizations.reduce((sum, { amount }) => sum + amount, 0));
}

/** What to give back of what was taken: of the latest payment first. */
export function refunds<Of extends AuthorizedAmount>(taken: readonly Of[], amount: number): Of[] {
  return captures([...taken].reverse(), amount);
}
