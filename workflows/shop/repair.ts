import { setWorkflowOptions } from '@temporalio/workflow';
import type { RepairResult } from 'sagaline';
import { ORDER_CAPABILITIES, orders, shipping } from '../../domains/shop/capabilities';
import { REASONS, TASK_QUEUES } from '../../domains/shop/names';
import type { Capability, Decisions, StepCall } from 'sagaline/workflow';
import {
  forwardSteps,
  openDecisions,
  openSaga,
  openSteps,
  showDetails,
  showState,
  versioned,
} from 'sagaline/workflow';
import { books } from './books';

/**
 * Compensates what an order has left behind when its workflow is gone, under the keys of the order's own steps and as its saga
 * would, and closes the order. A compensation that fails for good is in the state `compensation-stuck`, as in any saga.
 */
export async function repair({ key: orderId }: { key: string }): Promise<RepairResult> {
  const decisions = openDecisions();
  showDetails(`Looking at what order ${orderId} has left.`);
  const prepared = await books.prepareRepair('Look at the order', { orderId });
  if (prepared.kind === 'refused') return refuse(prepared.why);
  const steps = stepsFor(orderId, prepared.compensationWithinMs);
  const gone = await parcelThatLeft(decisions, steps, prepared.shipments);
  if (gone !== undefined) return refuse(gone);

  await books.closeTheWay(`Let nothing of order ${orderId} go forward`, { orderId });
  const saga = openSaga(decisions);
  // Registered in the order of the steps, so that they are compensated in reverse.
  for (const { undoneBy, undoes } of [...prepared.compensations].reverse()) {
    const compensate = steps.compensation(undoneBy, undoes);
    await saga.step({
      run: () => Promise.resolve(),
      undoneBy,
      compensate: () => compensate.run('compensate'),
    });
  }
  await saga.compensate('compensating');
  const { closeAs: state } = prepared;
  const because = { reason: REASONS.reconciled, detail: UNDONE_BY_COMMAND };
  // The key is the one that the saga would have used: the second of the two calls changes nothing.
  if (state) await saga.retriable(steps.closeOrder({ state, ...because }));
  showState('repaired', `What order ${orderId} had left is compensated.`);
  return { state: 'repaired' };
}

const UNDONE_BY_COMMAND = 'The workflow of the order was gone; what it had left was compensated by command.';

// It ends within minutes, or waits for a person as an order does.
setWorkflowOptions(versioned('PINNED'), repair);

function refuse(why: string): RepairResult {
  showState('refused', `Nothing was done: ${why}.`);
  return { state: 'refused', why };
}

/** The order's own steps, with the keys that its saga would give them. */
function stepsFor(orderId: string, compensationWithinMs: number) {
  const of = { key: orderId, common: { orderId }, taskQueue: TASK_QUEUES.orders };
  const use = openSteps({
    ...of,
    deadlines: {
      stepWithinMs: compensationWithinMs,
      compensationWithinMs,
      forwardWithinMs: compensationWithinMs,
    },
  });
  const { closeOrder } = use(orders);
  // Nothing is compensated before the carrier has answered: it is asked until it does.
  const { trackShipment } = openSteps(of)(shipping);
  const declared = Object.assign({}, ...ORDER_CAPABILITIES.map((each: Capability) => use(each))) as Readonly<
    Record<string, (input: object) => StepCall<void>>
  >;
  return {
    closeOrder,
    trackShipment,
    /** The compensation of a step of which only the record is known. */
    compensation: (name: string, undoes: unknown): StepCall<void> => {
      const declares = declared[name];
      if (!declares) throw new Error(`no capability of the shop declares ${name}`);
      return declares({ undoes });
    },
  };
}

/** The carrier's notification may have found no workflow: a parcel that is on its way cannot be called back. */
async function parcelThatLeft(
  decisions: Decisions,
  { trackShipment }: ReturnType<typeof stepsFor>,
  shipments: readonly string[],
): Promise<string | undefined> {
  for (const shipmentId of shipments) {
    const tracking = await forwardSteps(decisions).retriable(trackShipment({ shipmentId }));
    const { status, says } = tracking ?? {
      status: 'unknown',
      says: `the carrier was not asked about ${shipmentId}`,
    };
    if (status !== 'booked' && status !== 'canceled') return says;
  }
  return undefined;
}
