import type { SubmittedOrder } from '../events/orders';
import type { Money } from '../events/shapes';

/** What the customer pays, in minor units. */
export function orderTotal({ lines, currency }: Pick<SubmittedOrder, 'lines' | 'currency'>): Money {
  return { amount: lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0), currency };
}

/** For people. All of the shop's currencies have two digits. */
export function priceText({ amount, currency }: Money): string {
  return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')} ${currency}`;
}
