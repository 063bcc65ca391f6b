import { z } from 'zod';
import type { PaymentRecord } from '../../domains/shop/rules/provider-books';
import { missingAtProvider, paymentFindings } from '../../domains/shop/rules/provider-books';
import type { OrderFinding } from '../../domains/shop/rules/reconciliation';
import { activity } from 'sagaline/activities';
import type { PaymentProvider } from './payments';
import { orderId } from './shapes';

const page = z.object({ since: z.int(), after: z.string().min(1).max(128) });
const checkPayments = z.object({
  /** The page to read; the first one when absent. */
  behind: page.optional(),
  /** Only the payments of this order. */
  orderId: orderId.optional(),
});

/** One page of the provider's books, compared with ours. */
export interface CheckedPayments {
  readonly findings: readonly OrderFinding[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: z.infer<typeof page>;
}

/** Our own books of payments. */
export interface PaymentBooks {
  /** The records of those payments that we have. */
  recordsOf(paymentIds: readonly string[]): Promise<PaymentRecord[]>;
  ofOrder(orderId: string): Promise<PaymentRecord[]>;
  /**
   * Whether a step of the order has requested a payment and its answer is not recorded yet: the order's own compensation
   * finds it.
   */
  isAsking(orderId: string): Promise<boolean>;
}

export interface PaymentCheckParts {
  readonly provider: Pick<PaymentProvider, 'paymentOf' | 'list'>;
  readonly books: PaymentBooks;
  readonly clock: () => Date;
  readonly graceMs: number;
  readonly lookbackMs: number;
}

/** Compares our books with the provider's own: our rows alone cannot show what they lack. */
export function createPaymentCheckActivities(parts: PaymentCheckParts) {
  const { provider, books, clock, graceMs, lookbackMs } = parts;
  const moment = () => ({ now: clock().getTime(), graceMs });

  async function checkOrder(of: string): Promise<CheckedPayments> {
    const findings: OrderFinding[] = [];
    for (const record of await books.ofOrder(of)) {
      const found = await provider.paymentOf(record.paymentId);
      findings.push(...(found ? paymentFindings(found, record, moment()) : missingAtProvider(record)));
    }
    return { findings };
  }

  return {
    checkPayments: activity(checkPayments, async ({ behind, orderId: of }): Promise<CheckedPayments> => {
      if (of !== undefined) return checkOrder(of);
      const since = behind?.since ?? clock().getTime() - lookbackMs;
      const { payments, hasMore } = await provider.list({ since, ...(behind && { after: behind.after }) });
      const records = await books.recordsOf(payments.map(({ paymentId }) => paymentId));
      const recordOf = new Map(records.map((record) => [record.paymentId, record]));
      const findings: OrderFinding[] = [];
      for (const found of payments) {
        const record = recordOf.get(found.paymentId);
        const differences = paymentFindings(found, record, moment());
        const isOurs = record !== undefined || differences.length === 0;
        if (isOurs || !(await books.isAsking(found.orderId))) findings.push(...differences);
      }
      const last = payments.at(-1);
      return {
        findings,
        ...(hasMore && last && { next: { since, after: last.paymentId } }),
      };
    }),
  };
}

export type PaymentCheckActivities = ReturnType<typeof createPaymentCheckActivities>;
