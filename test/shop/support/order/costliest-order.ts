import type { Client } from '@temporalio/client';
import { newOrderId } from '../../../../demo/orders';
import type { Cost } from '../../../../bench/history';
import { costOf } from '../../../../bench/history';
import { ORDER_CAPABILITIES } from '../../../../domains/shop/capabilities';
import { driveOrder } from './driver';
import type { ShopWorkers } from './environment';
import { untilItWaits } from './waits';

/** The costs when every answer makes its own workflow task. */
export const COSTLIEST: Cost = { workflowTasks: 11, historyEvents: 72 };

/** The calls to Temporal of that scenario, without polls, whose number depends on the workers. */
export const COSTLIEST_CALLS: Readonly<Record<string, number>> = {
  SignalWithStartWorkflowExecution: 1,
  SignalWorkflowExecution: 2,
  RespondWorkflowTaskCompleted: COSTLIEST.workflowTasks,
  RespondActivityTaskCompleted: 8,
};

/** Drives an order to its end, each step after the previous one is completely done, and returns its costs. */
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

/** The costs when all capabilities are placed with the pool of the orders: a workflow task for each event that the order gets. */
export const PLACED: Cost = { workflowTasks: 3, historyEvents: 32 };

export const PLACED_CALLS: Readonly<Record<string, number>> = {
  SignalWithStartWorkflowExecution: 1,
  SignalWorkflowExecution: 2,
  RespondWorkflowTaskCompleted: PLACED.workflowTasks,
};

/** Drives an order that begins with everything placed; its workers must have all steps on the queue of the orders. */
export async function costOfPlacedOrder(client: Client, { shop }: ShopWorkers): Promise<Cost> {
  const order = driveOrder(client, newOrderId('placed'), shop, ORDER_CAPABILITIES);
  await order.submit();
  await order.untilState('awaiting-dispatch');
  await untilItWaits(order, { pendingActivities: 0 });
  await order.dispatched();
  await untilItWaits(order, { pendingActivities: 0 });
  await order.delivered();
  const { state } = await order.result();
  if (state !== 'completed') throw new Error(`the order ended as ${state}`);
  return costOf(await order.handle.fetchHistory());
}
