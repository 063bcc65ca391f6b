// Orders at a steady pace, and how each of them went.
import { setTimeout as sleep } from 'node:timers/promises';
import { DELIVERED, difference } from '../../../demo/case';
import { newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import type { OpenedOrder, Shop } from '../../../demo/shop';
import { effectsOf, endOf, openedOrder, paymentsAtProvider } from '../../../demo/shop';
import type { Cost } from '../../../bench/history';
import { costOf } from '../../../bench/history';

export interface FlowingOrder {
  readonly orderId: string;
  readonly submittedAt: number;
}

/** Submits `count` orders, one every `everyMs`; `after` runs behind each one and does not hold up the next. */
export async function submitSteadily(
  shop: Shop,
  { count, everyMs }: { readonly count: number; readonly everyMs: number },
  after: (orders: readonly FlowingOrder[]) => Promise<void> | undefined,
): Promise<FlowingOrder[]> {
  const orders: FlowingOrder[] = [];
  const begun = Date.now();
  const effects: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    await sleep(Math.max(0, begun + index * everyMs - Date.now()));
    const orderId = newOrderId('flow');
    orders.push({ orderId, submittedAt: Date.now() });
    await shop.publish(submissionOf(orderOf(orderId)));
    effects.push(after(orders) ?? Promise.resolve());
  }
  await Promise.all(effects);
  return orders;
}

export interface CompletedOrder extends FlowingOrder {
  readonly workflowId: string;
  /** By the server's clock, which is this machine's. */
  readonly closedAt: number;
  readonly cost: Cost;
  /** Workflow tasks that had to be handed out again: lost with a node, or refused. */
  readonly repeatedTasks: number;
  /** Activities that were started more than once. */
  readonly repeatedActivities: number;
  /** What is wrong; empty when it went as it should, once. */
  readonly problems: readonly string[];
}

/** Of orders that are asked about at once, so that asking does not disturb those under way. */
const ASK_AT_ONCE = 4;

/** Waits for the end of all orders and looks at each: its state, what it left behind, what it took. */
export async function followAll(shop: Shop, orders: readonly FlowingOrder[]): Promise<CompletedOrder[]> {
  const waiting = [...orders];
  const found: Omit<CompletedOrder, 'problems'>[] = [];
  const states = new Map<string, string>();
  await Promise.all(
    Array.from({ length: ASK_AT_ONCE }, async () => {
      for (let order = waiting.shift(); order; order = waiting.shift()) {
        const opened = await openedOrder(shop, order.orderId);
        states.set(order.orderId, await endOf(shop, opened));
        found.push({ ...order, ...(await traceOf(shop, opened)) });
      }
    }),
  );
  const payments = await paymentsAtProvider(shop);
  const charges = (orderId: string) =>
    payments.filter(({ merchant_reference }) => merchant_reference === orderId).length;
  return Promise.all(
    found.map(async (order) => ({
      ...order,
      problems: [
        ...difference('state', states.get(order.orderId), 'completed'),
        ...difference('effects', await effectsOf(shop, order.orderId), DELIVERED),
        ...difference('charges', charges(order.orderId), 1),
      ].map((problem) => `${order.orderId}: ${problem}`),
    })),
  );
}

async function traceOf({ temporal }: Shop, { workflowId, runId }: OpenedOrder) {
  const handle = temporal.workflow.getHandle(workflowId, runId);
  const { closeTime } = await handle.describe();
  const history = await handle.fetchHistory();
  const events = history.events ?? [];
  return {
    workflowId,
    closedAt: closeTime?.getTime() ?? NaN,
    cost: costOf(history),
    repeatedTasks: events.filter(
      (event) => event.workflowTaskTimedOutEventAttributes ?? event.workflowTaskFailedEventAttributes,
    ).length,
    repeatedActivities: events.filter((event) => (event.activityTaskStartedEventAttributes?.attempt ?? 1) > 1)
      .length,
  };
}
