import { z } from 'zod';
import type { Finding, ReconciliationReport } from 'sagaline';
import type { Moment, OrderBooks, OrderSaga } from '../../domains/shop/rules/reconciliation';
import { findingsOf, isSuspect } from '../../domains/shop/rules/reconciliation';
import type { KnownStep, PlannedCompensation } from '../../domains/shop/rules/repair';
import { firstKeys, forwardKeys, planRepair } from '../../domains/shop/rules/repair';
import { activity } from 'sagaline/activities';
import { orderId } from './shapes';

const checkOrders = z.object({
  /** The page behind this order; the first one without it. */
  after: z.string().optional(),
  /** This order only. */
  orderId: orderId.optional(),
});
const finding = z.object({
  key: z.string(),
  kind: z.string(),
  detail: z.string(),
  repair: z.enum(['compensate', 'by-hand']),
});
const reportFindings = z.object({
  checked: z.int().min(0),
  findings: z.array(finding),
  omitted: z.int().min(0),
});
const prepareRepair = z.object({ orderId });

/** One page of a check. */
export interface CheckedPage {
  readonly checked: number;
  readonly findings: readonly Finding[];
  /** Where the next page begins; absent after the last one. */
  readonly next?: string;
}

/** What a repair has to do, or why it may not. */
export type PreparedRepair =
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'compensate';
      readonly compensations: readonly PlannedCompensation[];
      /** Shipments that are booked: the carrier says whether they are still here. */
      readonly shipments: readonly string[];
      /** How to close the order in the book; absent where it is closed. */
      readonly closeAs?: 'rejected' | 'compensated';
      /** For one compensation with its retries, in milliseconds. */
      readonly compensationWithinMs: number;
    };

/** The shop's books, read across all capabilities. */
export interface Books {
  /** Orders that are open, or have changed since, in the order of their ids. */
  page(query: { after: string; since: Date; limit: number }): Promise<OrderBooks[]>;
  /** Those that exist. */
  ofOrders(orderIds: readonly string[]): Promise<OrderBooks[]>;
  bookedShipments(orderId: string): Promise<string[]>;
  /** The order's steps, the oldest first. */
  steps(orderId: string): Promise<KnownStep[]>;
  /** Steps with these keys that were never heard of will not be done any more. */
  layTombstones(keys: readonly string[]): Promise<void>;
}

/** What Temporal knows of the orders' workflows: for each order, in the order given. */
export type OrderSagas = (orderIds: readonly string[]) => Promise<OrderSaga[]>;

export interface ReconciliationParts {
  readonly books: Books;
  readonly sagas: OrderSagas;
  /** Of a check of all orders. */
  readonly report: (report: ReconciliationReport) => void;
  readonly clock: () => Date;
  readonly graceMs: number;
  readonly lookbackMs: number;
  readonly compensationWithinMs: number;
}

/** Read in some ten milliseconds; the describe calls of a page of open orders take a second. */
const PAGE = 200;

export function createReconciliationActivities(parts: ReconciliationParts) {
  const { books, sagas, report, clock, graceMs, lookbackMs, compensationWithinMs } = parts;
  const moment = (): Moment => ({ now: clock().getTime(), graceMs });

  async function check(read: readonly OrderBooks[]): Promise<Finding[]> {
    const suspects = read.filter((order) => isSuspect(order, moment())).map((order) => order.orderId);
    if (suspects.length === 0) return [];
    // Saga first, books afterwards: see findingsOf.
    const known = await sagas(suspects);
    const sagaOf = new Map(suspects.map((id, index) => [id, known[index]]));
    const again = await books.ofOrders(suspects);
    return again.flatMap((order) => {
      const saga = sagaOf.get(order.orderId);
      return saga ? findingsOf(order, saga, moment()) : [];
    });
  }

  return {
    checkOrders: activity(checkOrders, async ({ after = '', orderId: only }): Promise<CheckedPage> => {
      if (only !== undefined) {
        const read = await books.ofOrders([only]);
        return { checked: read.length, findings: await check(read) };
      }
      const since = new Date(clock().getTime() - lookbackMs);
      const read = await books.page({ after, since, limit: PAGE });
      const last = read.at(-1);
      return {
        checked: read.length,
        findings: await check(read),
        ...(last && read.length === PAGE && { next: last.orderId }),
      };
    }),

    reportFindings: activity(reportFindings, (found) => {
      report(found);
      return Promise.resolve();
    }),

    prepareRepair: activity(prepareRepair, async ({ orderId: id }): Promise<PreparedRepair> => {
      const [saga] = await sagas([id]);
      if (saga?.kind === 'open')
        return refused(`order ${id} has an open workflow: it is its saga's business`);
      const [order] = await books.ofOrders([id]);
      if (!order) return refused(`the book has no order ${id}`);
      // Nobody is left who could do a step; a worker that stood still in one must not do it afterwards.
      await books.layTombstones(firstKeys(id));
      const plan = planRepair(id, await books.steps(id));
      if (plan.kind === 'refused') return plan;
      return {
        ...plan,
        shipments: await books.bookedShipments(id),
        ...closing(order),
        compensationWithinMs,
      };
    }),

    /** To be called when it is certain that the order is compensated: before that, a reset may take it up where it was. */
    closeTheWay: activity(prepareRepair, async ({ orderId: id }) => {
      await books.layTombstones(forwardKeys(id, await books.steps(id)));
    }),
  };
}

export type ReconciliationActivities = ReturnType<typeof createReconciliationActivities>;

function refused(why: string): PreparedRepair {
  return { kind: 'refused', why };
}

function closing({ state }: OrderBooks): { closeAs?: 'rejected' | 'compensated' } {
  if (state === 'placing') return { closeAs: 'rejected' };
  return state === 'confirmed' ? { closeAs: 'compensated' } : {};
}
