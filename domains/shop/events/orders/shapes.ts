import { z } from 'zod';
import { MAX_AMOUNT, MAX_LINES, MAX_UNIT_PRICE } from '../../rules/limits';
import { totalOf } from '../../rules/pricing';
import { detail, orderId, quantity, reason, sku } from '../shapes';

/** What the events of an order have in common. */

export const byOrder = ({ orderId: key }: { orderId: string }) => key;

/** The total of the order of all examples. */
export const total = { amount: 4_980, currency: 'EUR' } as const;

/** The articles of an order, with their prices. */
export const lines = z
  .array(
    z.strictObject({
      sku,
      quantity,
      unitPrice: z
        .int()
        .min(0)
        .max(MAX_UNIT_PRICE)
        .describe("Minor units of the order's currency; 0 for what is free."),
    }),
  )
  .min(1)
  .max(MAX_LINES)
  .refine(
    (all) => new Set(all.map((line) => line.sku)).size === all.length,
    'each sku may stand in one line only',
  )
  // Above the bound the sum may be inexact, but it is still above the bound.
  .refine((all) => totalOf(all) <= MAX_AMOUNT, `the lines may come to ${MAX_AMOUNT} minor units at most`);

/** A refusal, or an order that has ended without its goods, with the reason. */
export const withReason = z.strictObject({ orderId, reason, detail });
