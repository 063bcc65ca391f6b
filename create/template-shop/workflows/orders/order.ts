import { ApplicationFailure, CancellationScope, setWorkflowOptions } from '@temporalio/workflow';
import type { EventOf } from 'sagaline';
import type { SagaResult } from 'sagaline/workflow';
import {
  failureOf,
  FAILURES,
  openDeadLetterChannel,
  openDecisions,
  openInbox,
  openSaga,
  openSteps,
  SagaFailure,
  showState,
  versioned,
} from 'sagaline/workflow';
import * as capabilities from '../../domains/shop/capabilities';
import type { orderCancelled, orderSubmitted } from '../../domains/shop/events';
import { CANCEL_WITHIN_MS, EVENTS, REASONS, TASK_QUEUES } from '../../domains/shop/names';

type OrderEvent = EventOf<typeof orderSubmitted> | EventOf<typeof orderCancelled>;
type OrderEnd = 'confirmed' | 'cancelled' | 'compensated';

const taskQueue = TASK_QUEUES.orders;
const deadLetterChannel = openDeadLetterChannel({ taskQueue });
const MINUTE = 60_000;
const deadlines = {
  stepWithinMs: MINUTE,
  compensationWithinMs: 10 * MINUTE,
  // Long, because the provider may be unavailable for some time. If a payment is given up, it is unknown whether it was made, and
  // a person decides.
  forwardWithinMs: 60 * MINUTE,
};

/** One order: stock reserved, payment authorized, order confirmed; or the stock is released. */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const inbox = openInbox<OrderEvent>({
    key,
    // The bridge has checked the data by its contract; a signal by hand may carry anything.
    shapes: {
      [EVENTS.orderSubmitted]: {
        orderId: 'key',
        sku: 'line',
        quantity: 'count',
        amount: 'count',
        card: 'line',
      },
      [EVENTS.orderCancelled]: { orderId: 'key' },
    },
  });
  const saga = openSaga(openDecisions());
  const use = openSteps({ key, common: { orderId: key }, deadlines, taskQueue });
  const { reserveStock } = use(capabilities.reserveStock);
  const { authorizePayment } = use(capabilities.authorizePayment);
  const { confirmOrder } = use(capabilities.confirmOrder);
  const submitted = inbox.takeNow([EVENTS.orderSubmitted]);
  if (!submitted) throw ApplicationFailure.nonRetryable(`nothing has opened ${key}`, FAILURES.unmatched);

  const end = async (state: OrderEnd, words: string) => {
    // A cancellation that comes too late becomes a dead letter, which a person answers.
    await deadLetterChannel.sendLeftOvers(inbox, words);
    showState(state, words);
    return { state, seen: inbox.seen() };
  };

  try {
    const { sku, quantity, amount, card } = submitted.data;
    await saga.step(reserveStock({ sku, quantity }));
    showState('reserved', 'The stock is reserved; the order can still be cancelled.');
    const deadline = { ms: CANCEL_WITHIN_MS, waiting: 'Time to cancel the order' };
    if (await inbox.take([EVENTS.orderCancelled], deadline))
      throw new SagaFailure('refused', REASONS.cancelled, 'the customer has cancelled it');
    await saga.pivot(authorizePayment({ amount, card }));
  } catch (error) {
    const { type, message } = failureOf(error);
    await saga.compensate('compensating');
    return end(type === REASONS.cancelled ? 'cancelled' : 'compensated', `Compensated: ${message}`);
  }
  // After the pivot nothing is compensated, even if the workflow is cancelled.
  return CancellationScope.nonCancellable(async () => {
    await saga.retriable(confirmOrder({}));
    return end('confirmed', 'Paid for and confirmed.');
  });
}

// A run stays with the version of the code that started it.
setWorkflowOptions(versioned('PINNED'), order);
