import type { Client } from '@temporalio/client';
import { findSaga, isKnownRun } from 'sagaline/activities';
import { workflowIdOf } from 'sagaline';
import type { OrderSaga } from '../../domains/shop/rules/reconciliation';
import { order } from '../../domains/shop/workflows';
import type { IsForgotten } from './orders';
import type { OrderSagas } from './reconciliation';

/** The number of parallel calls: each takes some milliseconds, and the bridge and the workers need Temporal, too. */
const AT_ONCE = 10;

/** Describes each workflow separately: Temporal's list may be out of date, and would contain workflows that are gone. */
export function createTemporalOrderSagas(client: Client): OrderSagas {
  return async (orderIds) => {
    const sagas: OrderSaga[] = [];
    for (let from = 0; from < orderIds.length; from += AT_ONCE) {
      const some = orderIds.slice(from, from + AT_ONCE);
      sagas.push(...(await Promise.all(some.map((orderId) => sagaOf(client, orderId)))));
    }
    return sagas;
  };
}

async function sagaOf(client: Client, orderId: string): Promise<OrderSaga> {
  const found = await findSaga(client, workflowIdOf(order, orderId));
  if (!found) return { kind: 'forgotten' };
  const { status, state, closedAt } = found.saga;
  if (!closedAt) return { kind: 'open' };
  const how = status.toLowerCase().replaceAll('_', ' ');
  return { kind: 'closed', how, state, closedAt: closedAt.getTime() };
}

export function createIsForgotten(client: Client): IsForgotten {
  return async ({ orderId, runId }) =>
    !(await isKnownRun(client, { workflowId: workflowIdOf(order, orderId), runId }));
}
