import { setWorkflowOptions } from '@temporalio/workflow';
import type { SagaResult } from 'sagaline/workflow';
import { openDecisions, openEndpoint, openInbox, versioned } from 'sagaline/workflow';
import type { OrderEnd } from '../../../domains/shop/names';
import { ORDER_SHAPES } from '../event-shapes';
import { createOrderStateMachine } from './state-machine';
import { submission } from './early';
import type { OrderEvent, OrderInbox } from './events';
import { SUBMITTED } from './events';
import { moneyOf } from '../../../domains/shop/rules/pricing';
import { concerns, noThings } from './notifications';
import { run } from './run';

/**
 * One order, from its submission to its end. It reserves stock and authorises the payment in parallel, then books the
 * carrier. When the parcel leaves, the payment is captured, and when it arrives the order is complete. If a step fails, or the
 * customer cancels, before the parcel has left, the order is compensated in reverse order.
 */
export async function order({ key }: { key: string }): Promise<SagaResult<OrderEnd>> {
  const things = noThings();
  const inbox: OrderInbox = openEndpoint(
    openInbox<OrderEvent>({ key, shapes: ORDER_SHAPES }, { concerns: (event) => concerns(things, event) }),
  );
  const decisions = openDecisions({ value: () => things.total && moneyOf(things.total()) });
  const machine = createOrderStateMachine();
  const submitted = inbox.takeNow(SUBMITTED) ?? (await submission(inbox, machine, key));
  const state = await run(submitted.data, { inbox, machine, decisions, things });
  return { state, seen: inbox.seen() };
}

// An order is open for days, at most weeks: the workers of its version can stay that long.
setWorkflowOptions(versioned('PINNED'), order);
