/** Bounds of an order's lines. Workflow code imports this file, too: hence no zod here. */

export const SKU = /^[A-Z0-9-]{1,32}$/;
export const MAX_QUANTITY = 1_000;
export const MAX_LINES = 100;
/**
 * The highest amount: a sum of nine of them is still exact, because 2^53 is a little more than nine times as much. It is
 * 10^15 yen, or some ten million dollars in Iranian rials.
 */
export const MAX_AMOUNT = 1_000_000_000_000_000;
/** So that 1,000 pieces of one article cost the highest amount at most. */
export const MAX_UNIT_PRICE = MAX_AMOUNT / MAX_QUANTITY;
