import { REASONS } from '../../src/domains/shop/names';
import { SagaFailure } from '../../src/saga';
import type { Cancellation, OrderInbox } from './order-events';
import { CANCELLATION } from './order-events';

/** The failure as which a granted cancellation undoes an order. */
export function cancelled({ data }: Cancellation): SagaFailure {
  return new SagaFailure('failed', REASONS.cancelledByCustomer, data.detail);
}

/**
 * Between two steps, where nothing is waited for: has the customer cancelled meanwhile?
 *
 * @throws SagaFailure
 */
export function heedCancellation(inbox: OrderInbox): void {
  const cancellation = inbox.takeNow(CANCELLATION);
  if (cancellation) throw cancelled(cancellation);
}
