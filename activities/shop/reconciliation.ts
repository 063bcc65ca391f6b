import { z } from 'zod';
import type { Finding, ReconciliationReport } from 'sagaline';
import type { Moment, OrderBooks, OrderSaga } from '../../domains/shop/rules/reconciliation';
import { findingsOf, isSuspect } from '../../domains/shop/rules/reconciliation';
import type { KnownStep, PlannedCompensation } from '../../domains/shop/rules/repair';
import { firstKeys, forwardKeys, planRepair } from '../../domains/shop/rules/repair';
import { activity } from 'sagaline/activities';
import { orderId } from './shapes';

const checkOrders = z.object({
  /** The last order of the previous page; absent for the first page. */
  after: z.string().optional(),
  /** Only this order. */
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
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** What a repair has to do, or why it is refused. */
export type PreparedRepair =
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'compensate';
      readonly compensations: readonly PlannedCompensation[];
      /** Shipments that are booked: the carrier is asked whether they have left. */
      readonly shipments: readonly string[];
      /** The state in which the order is to be closed; absent when it is closed already. */
      readonly closeAs?: 'rejected' | 'compensated';
      /** The time for one compensation with its retries, in milliseconds. */
      readonly compensationWithinMs: number;
    };

/** The shop's books, read across all capabilities. */
export interface Books {
  /** Orders that are open, or have changed since a time, sorted by id. */
  page(query: { after: string; since: Date; limit: number }): Promise<OrderBooks[]>;
  /** Those of the orders that exist. */
  ofOrders(orderIds: readonly string[]): Promise<OrderBooks[]>;
  bookedShipments(orderId: string): Promise<string[]>;
  /** The order's steps, the oldest first. */
  steps(orderId: string): Promise<KnownStep[]>;
  /** Makes steps with these keys that have no record yet impossible from now on. */
  layTombstones(keys: readonly string[]): Promise<void>;
}

/** The state of the orders' workflows in Temporal: one for each order, in the given order. */
export type OrderSagas = (orderIds: readonly string[]) => Promise<OrderSaga[]>;

export interface ReconciliationParts {
  readonly books: Books;
  readonly sagas: OrderSagas;
  /** Called after a check of all orders. */
  readonly report: (report: ReconciliationReport) => void;
  readonly clock: () => Date;
  readonly graceMs: number;
  readonly lookbackMs: number;
  readonly compensationWithinMs: number;
}

/** The orders of one page: they are read in some ten milliseconds, but the describe calls for open orders take a second. */
const PAGE = 200;

export function createReconciliationActivities(parts: ReconciliationParts) {
  const { books, sagas, report, clock, graceMs, lookbackMs, compensationWithinMs } = parts;
  const moment = (): Moment => ({ now: clock().getTime(), graceMs });

  async function check(read: readonly OrderBooks[]): Promise<Finding[]> {
    const suspects = read.filter((order) => isSuspect(order, moment())).map((order) => order.orderId);
    if (suspects.length === 0) return [];
    // First the sagas, then the books: see findingsOf.
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
      // The workflow is gone, so no new step begins; a paused worker that is still in one must not do it later.
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

    /** Call it only when it is certain that the order is compensated: until then a reset may continue it from its last state. */
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
