import type { Client } from '@temporalio/client';
import { newOrderId } from '../../../../demo/orders';
import type { Cost } from '../../../../bench/history';
import { costOf } from '../../../../bench/history';
import type { OrderDriver } from './driver';
import { driveOrder } from './driver';
import type { ShopWorkers } from './environment';
import { until } from '../../../support/until';

/** When every answer makes a workflow task of its own. */
export const COSTLIEST: Cost = { workflowTasks: 11, historyEvents: 72 };

/** The calls to Temporal of that scenario: polls come as often as workers ask, and are not among them. */
export const COSTLIEST_CALLS: Readonly<Record<string, number>> = {
  SignalWithStartWorkflowExecution: 1,
  SignalWorkflowExecution: 2,
  RespondWorkflowTaskCompleted: COSTLIEST.workflowTasks,
  RespondActivityTaskCompleted: 8,
};

/** Drives an order to its end, nothing happening before all that came before is done; what it has cost then. */
export async function costOfCostliestOrder(client: Client, { shop }: ShopWorkers): Promise<Cost> {
  const order = driveOrder(client, newOrderId('cost'), shop);
  const authorising = shop.hold('authorizePayment');
  await order.submit();
  await authorising.reached;
  await untilItWaits(order, { pendingActivities: 1 });
  authorising.release();
  await order.untilState('awaiting-dispatch');
  await untilItWaits(order, { pendingActivities: 0 });
  await order.dispatched();
  await untilItWaits(order, { pendingActivities: 0 });
  await order.delivered();
  const { state } = await order.result();
  if (state !== 'completed') throw new Error(`the order ended as ${state}`);
  return costOf(await order.handle.fetchHistory());
}

const WAITS_WITHIN_MS = 20_000;

/** Until the workflow has dealt with everything but these activities. What it has received is a pending task at once. */
async function untilItWaits({ handle }: OrderDriver, wanted: { pendingActivities: number }): Promise<void> {
  await until(
    'the workflow waits',
    async () => {
      const { raw } = await handle.describe();
      return !raw.pendingWorkflowTask && raw.pendingActivities?.length === wanted.pendingActivities;
    },
    WAITS_WITHIN_MS,
  );
}
