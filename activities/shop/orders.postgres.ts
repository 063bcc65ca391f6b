import type { Database, Transaction } from 'sagaline/activities';
import { RefusalError, storableText } from 'sagaline';
import {
  amendmentRefused,
  cancellationRefused,
  paymentMethodRequested,
  orderAmended,
  orderCancelled,
  orderCompensated,
  orderCompleted,
  orderConfirmed,
  orderRefunded,
  orderRejected,
  partialStock,
  paymentActionRequested,
} from '../../domains/shop/events';
import { REFUSALS } from '../../domains/shop/names';
import { doOnce, writeOutbox } from 'sagaline/activities';
import type { CloseOrder, IsForgotten, Orders } from './orders';

const context = 'orders';
/** States from which an order can still end. */
const OPEN = ['placing', 'confirmed'];
/**
 * Temporal keeps a closed run for a day at least. If it does not know the run of a younger order, it has lost it; the run of an older
 * one may only be past its retention.
 */
const LOST_WITHIN = '20 hours';
/** As long as an event's detail may be. */
const MAX_DETAIL = 500;

const ENDED_EARLY = {
  rejected: orderRejected,
  compensated: orderCompensated,
  cancelled: orderCancelled,
} as const;

/** @param isForgotten whether Temporal does not know the saga that has opened an order */
export function createPostgresOrders(database: Database, isForgotten: IsForgotten): Orders {
  return {
    // The primary key keeps a second saga out. Only Temporal's loss of the first one lets another begin, for the same order.
    openOrder: async ({ runId, submission, total }) => {
      const { orderId } = submission;
      await database.query(
        `insert into orders.orders (order_id, opened_by, customer_id, state, amount, currency)
         values ($1, $2, $3, 'placing', $4, $5) on conflict do nothing`,
        [orderId, runId, submission.customerId, total.amount, total.currency],
      );
      const [order] = await database.query<{ opened_by: string; is_same: boolean }>(
        `select opened_by, state = any($2) and created_at > now() - interval '${LOST_WITHIN}'
                and customer_id = $3 and amount = $4 and currency = $5 as is_same
           from orders.orders where order_id = $1`,
        [orderId, OPEN, submission.customerId, total.amount, total.currency],
      );
      if (order === undefined || order.opened_by === runId) return;
      const { opened_by: openedBy, is_same: isSame } = order;
      const isLost = isSame && (await isForgotten({ orderId, runId: openedBy }));
      if (isLost && (await takeOver(database, { orderId, from: openedBy, by: runId }))) return;
      throw new RefusalError(REFUSALS.orderExists, `order ${orderId} was opened by another saga`);
    },

    confirmOrder: ({ key, orderId, total }) =>
      doOnce(database, key, async (tx) => {
        const confirmed = await moveOn(tx, orderId, { from: ['placing'], to: 'confirmed' });
        if (confirmed)
          await writeOutbox(tx, { key, context, contract: orderConfirmed, data: { orderId, total } });
      }),

    closeOrder: (close) =>
      doOnce(database, close.key, async (tx) => {
        const reason = close.state === 'completed' ? undefined : close.reason;
        const closed = await moveOn(tx, close.orderId, { from: OPEN, to: close.state, reason });
        if (!closed) return;
        // The amount that the customer has paid in the end: a part of the order may have been lost.
        if (close.state === 'completed') await setAmount(tx, close.orderId, close.total.amount);
        await tellOfEnd(tx, close);
      }),

    askAboutStock: ({ key, orderId, wanted, available }) =>
      doOnce(database, key, async (tx) => {
        await lockOrder(tx, orderId);
        await writeOutbox(tx, { key, context, contract: partialStock, data: { orderId, wanted, available } });
      }),

    requestPaymentMethod: ({ key, orderId, total, attempt, detail }) =>
      doOnce(database, key, async (tx) => {
        await lockOrder(tx, orderId);
        const data = { orderId, total, attempt, detail: storableText(detail, MAX_DETAIL) };
        await writeOutbox(tx, { key, context, contract: paymentMethodRequested, data });
      }),

    requestPaymentAction: ({ key, action: data }) =>
      doOnce(database, key, async (tx) => {
        await lockOrder(tx, data.orderId);
        await writeOutbox(tx, { key, context, contract: paymentActionRequested, data });
      }),

    amendOrder: ({ key, amended }) =>
      doOnce(database, key, async (tx) => {
        const changed = await tx.query(
          `update orders.orders set amount = $2, updated_at = now()
            where order_id = $1 and state = any($3) returning order_id`,
          [amended.orderId, amended.total.amount, OPEN],
        );
        if (changed.length > 0)
          await writeOutbox(tx, { key, context, contract: orderAmended, data: amended });
      }),

    refuseAmendment: ({ key, orderId, reason, detail }) =>
      doOnce(database, key, async (tx) => {
        await lockOrder(tx, orderId);
        const data = { orderId, reason, detail: storableText(detail, MAX_DETAIL) };
        await writeOutbox(tx, { key, context, contract: amendmentRefused, data });
      }),

    refuseCancellation: ({ key, orderId, reason, detail }) =>
      doOnce(database, key, async (tx) => {
        await lockOrder(tx, orderId);
        const data = { orderId, reason, detail: storableText(detail, MAX_DETAIL) };
        await writeOutbox(tx, { key, context, contract: cancellationRefused, data });
      }),
  };
}

/**
 * Gives an open order to another saga. After Temporal was restored from a backup that is older than the database, the saga
 * that has opened the order is gone; the next one gets the results of its steps.
 *
 * @returns false if another saga was faster, or the order has ended
 */
async function takeOver(
  database: Database,
  { orderId, from, by }: { readonly orderId: string; readonly from: string; readonly by: string },
): Promise<boolean> {
  const taken = await database.query(
    `update orders.orders set opened_by = $3, updated_at = now()
      where order_id = $1 and opened_by = $2 and state = any($4) returning order_id`,
    [orderId, from, by, OPEN],
  );
  return taken.length > 0;
}

/** Changes nothing of the order; the lock keeps its events in order. */
async function lockOrder(tx: Transaction, orderId: string): Promise<void> {
  await tx.query('select from orders.orders where order_id = $1 for update', [orderId]);
}

async function setAmount(tx: Transaction, orderId: string, amount: number): Promise<void> {
  await tx.query('update orders.orders set amount = $2 where order_id = $1', [orderId, amount]);
}

async function tellOfEnd(tx: Transaction, close: CloseOrder): Promise<void> {
  const { key, orderId, state } = close;
  if (state === 'completed') {
    const data = { orderId, total: close.total };
    await writeOutbox(tx, { key, context, contract: orderCompleted, data });
    return;
  }
  const data = { orderId, reason: close.reason, detail: storableText(close.detail, MAX_DETAIL) };
  if (state === 'refunded') {
    await writeOutbox(tx, { key, context, contract: orderRefunded, data: { ...data, total: close.total } });
    return;
  }
  await writeOutbox(tx, { key, context, contract: ENDED_EARLY[state], data });
}

/**
 * Changes an order's state. A late attempt of a step, whose saga has been cancelled meanwhile, finds another state and changes
 * nothing: a rejected order can no longer be confirmed.
 *
 * @returns whether the order was in one of the states `from`
 */
async function moveOn(
  tx: Transaction,
  orderId: string,
  move: { from: readonly string[]; to: string; reason?: string | undefined },
): Promise<boolean> {
  const moved = await tx.query(
    `update orders.orders set state = $3, reason = $4, updated_at = now()
      where order_id = $1 and state = any($2) returning order_id`,
    [orderId, move.from, move.to, move.reason ?? null],
  );
  return moved.length > 0;
}
