import { proxyActivities } from '@temporalio/workflow';
import type { InventoryActivities } from '../../../../activities/shop/inventory';
import { TASK_QUEUES } from '../../../../domains/shop/names';
import { openInbox } from '../../../../src/saga';

const { availableStock } = proxyActivities<InventoryActivities>({
  taskQueue: TASK_QUEUES.inventory,
  startToCloseTimeout: '10 seconds',
});

/** The order workflow with another first step. The recorded histories must not replay on it. */
export async function order({ key }: { key: string }): Promise<unknown> {
  const inbox = openInbox({ key, shapes: {} });
  await availableStock({ orderId: key, lines: [] });
  return { state: 'completed', seen: inbox.seen() };
}

/** The batcher with another first step. */
export async function demand({ key }: { key: string }): Promise<unknown> {
  const inbox = openInbox({ key, shapes: {} });
  await availableStock({ orderId: key, lines: [] });
  return { state: 'idle', seen: inbox.seen() };
}

/** The reconciliation with another first step. */
export async function reconciliation({ key = 'all' }: { key?: string }): Promise<unknown> {
  await availableStock({ orderId: key, lines: [] });
  return { checked: 0, findings: [], omitted: 0 };
}

export async function repair({ key }: { key: string }): Promise<unknown> {
  await availableStock({ orderId: key, lines: [] });
  return { state: 'repaired' };
}
