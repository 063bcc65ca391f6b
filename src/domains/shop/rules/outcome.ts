import type { OrderEnd } from '../names';
import { REFUSALS } from '../names';

/**
 * How an order ends that could not be done: refused before it was confirmed it is `rejected`, afterwards it is
 * `compensated`; and a second saga for the same order leaves the first one's alone.
 */
export function endOfFailedOrder(failure: {
  reason: string;
  confirmed: boolean;
}): Exclude<OrderEnd, 'completed'> {
  if (failure.reason === REFUSALS.orderExists) return 'duplicate';
  return failure.confirmed ? 'compensated' : 'rejected';
}
