import type { SubmittedOrder } from '../events/orders';
import type { Money } from '../events/shapes';

/** What the customer pays, in minor units. */
export function orderTotal({ lines, currency }: Pick<SubmittedOrder, 'lines' | 'currency'>): Money {
  return { amount: lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0), currency };
}
