/** An amount that is held at the payment provider. */
export interface AuthorizedAmount {
  readonly paymentId: string;
  readonly amount: number;
}

/**
 * When an authorization has to be renewed: `beforeMs` before it expires, but not before half of its remaining time is over.
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
 * The amount to capture from each authorization to reach the total: the oldest first, each at most once. An order has more
 * than one authorization when an amendment has made it more expensive. A partial capture makes the provider release the
 * rest of the authorization.
 */
export function captures<Of extends AuthorizedAmount>(authorizations: readonly Of[], total: number): Of[] {
  let left = total;
  return authorizations.flatMap((authorization) => {
    const amount = Math.min(authorization.amount, left);
    left -= amount;
    return amount > 0 ? [{ ...authorization, amount }] : [];
  });
}

/** The authorizations from which nothing will be captured. */
export function surplusOf<Of extends AuthorizedAmount>(authorizations: readonly Of[], total: number): Of[] {
  const needed = new Set(captures(authorizations, total).map(({ paymentId }) => paymentId));
  return authorizations.filter(({ paymentId }) => !needed.has(paymentId));
}

/** The amount to authorise in addition, so that the authorizations reach the total. */
export function outstandingOf(authorizations: readonly AuthorizedAmount[], total: number): number {
  return Math.max(0, total - authorizations.reduce((sum, { amount }) => sum + amount, 0));
}

/** The amount to refund of each captured payment: the latest payment first. */
export function refunds<Of extends AuthorizedAmount>(taken: readonly Of[], amount: number): Of[] {
  return captures([...taken].reverse(), amount);
}
