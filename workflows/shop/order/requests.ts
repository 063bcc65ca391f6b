import { AMENDMENT_REFUSALS, EVENTS, REASONS } from '../../../domains/shop/names';
import { SagaFailure } from 'sagaline/workflow';
import { amendOrder } from './amendment';
import type { Cancellation, OrderEvent } from './events';
import { AMENDMENT, CANCELLATION } from './events';
import type { Order } from './parts';

/** What a customer may request for an open order: to cancel it, or to amend it. */

/** The failure with which an accepted cancellation compensates an order. */
export function cancelled({ data }: Cancellation): SagaFailure {
  return new SagaFailure('unknown', REASONS.cancelledByCustomer, data.detail);
}

/**
 * Applies the requests that have come by now, between two steps without waiting: a cancellation before any amendment.
 *
 * @throws SagaFailure for a cancellation
 */
export async function applyRequests(order: Order): Promise<void> {
  for (;;) {
    const cancellation = order.inbox.takeNow(CANCELLATION);
    if (cancellation) throw cancelled(cancellation);
    const request = order.inbox.takeNow(AMENDMENT);
    if (!request) return;
    order.machine.transitionSilently(request.type);
    await amendOrder(order, request);
  }
}

/** Answers a request that comes too late. */
export async function refuse(
  { steps, forward }: Pick<Order, 'steps' | 'forward'>,
  { type }: OrderEvent,
  detail: string,
): Promise<void> {
  if (type === EVENTS.amendmentRequested)
    await forward.retriable(steps.refuseAmendment({ reason: AMENDMENT_REFUSALS.tooLate, detail }));
  else await forward.retriable(steps.refuseCancellation({ reason: REASONS.tooLate, detail }));
}
