/** Bounds of an order's lines. Workflow code reads them, too: hence no zod here. */

export const SKU = /^[A-Z0-9-]{1,32}$/;
export const MAX_QUANTITY = 1_000;
export const MAX_LINES = 100;
/**
 * The highest amount: sums of nine of them are still exact, for 2^53 is nine times as much. In yen it is a petayen, in
 * Iranian rials some ten million dollars.
 */
export const MAX_AMOUNT = 1_000_000_000_000_000;
/** 1,000 of one article may come to the highest amount. */
export const MAX_UNIT_PRICE = MAX_AMOUNT / MAX_QUANTITY;
