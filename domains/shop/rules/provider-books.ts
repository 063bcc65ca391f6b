import type { ProviderPayment } from './confirmation';
import { priceText } from './pricing';
import type { Moment, OrderFinding } from './reconciliation';

/** A payment as our own books have it. */
export interface PaymentRecord {
  readonly paymentId: string;
  readonly orderId: string;
  readonly state: string;
  readonly amount: number;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
  /** In milliseconds since 1970. */
  readonly changedAt: number;
}

/** Nothing is authorised or captured in these states: a call that was refused leaves nothing in our books. */
const NOTHING_HELD: ReadonlySet<string> = new Set(['declined', 'voided']);

/**
 * The differences between the provider's books and ours: payments that we do not know, authorizations that are gone,
 * refunds by hand, disputes. Payments that changed less than `graceMs` ago are skipped: a step may be about to record the
 * change.
 */
export function paymentFindings(
  found: ProviderPayment,
  record: PaymentRecord | undefined,
  { now, graceMs }: Moment,
): OrderFinding[] {
  const isSettled = (changedAt: number) => now - changedAt >= graceMs;
  if (!isSettled(found.updatedAt) || (record && !isSettled(record.changedAt))) return [];
  const findings: OrderFinding[] = [];
  const find = (what: string) =>
    findings.push({
      key: record?.orderId ?? found.orderId,
      kind: 'money',
      detail: `${found.paymentId} ${what}`,
      repair: 'by-hand',
    });
  const price = (amount: number) => priceText({ amount, currency: found.currency });

  if (!record) {
    if (!NOTHING_HELD.has(found.state))
      find(`over ${price(found.amount)} is ${found.state} at the provider, and our books do not have it`);
    return findings;
  }
  if (found.orderId !== record.orderId) find(`is of order ${found.orderId} at the provider`);
  if (found.amount !== record.amount || found.currency !== record.currency)
    find(`is over ${price(found.amount)} at the provider, over ${priceText(record)} in our books`);
  if (found.state !== record.state) find(`is ${found.state} at the provider, ${record.state} in our books`);
  if (found.captured !== record.captured)
    find(`has ${price(found.captured)} taken at the provider, ${price(record.captured)} in our books`);
  if (found.refunded !== record.refunded)
    find(`has ${price(found.refunded)} given back at the provider, ${price(record.refunded)} in our books`);
  const { dispute } = found;
  if (dispute && dispute.status !== 'won')
    find(`is disputed over ${price(dispute.amount)}, ${dispute.status}: ${dispute.reason}`);
  return findings;
}

/** The finding for a payment of ours that the provider does not have. */
export function missingAtProvider({ paymentId, orderId, state }: PaymentRecord): OrderFinding[] {
  if (NOTHING_HELD.has(state)) return [];
  const detail = `${paymentId} is ${state} in our books, and the provider does not have it`;
  return [{ key: orderId, kind: 'money', detail, repair: 'by-hand' }];
}
