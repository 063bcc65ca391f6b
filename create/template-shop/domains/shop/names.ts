/** Names that events, workflows, activities and tests share. Plain constants: workflows import this file. */

export const PREFIX = 'com.example.shop';

export const EVENTS = {
  orderSubmitted: `${PREFIX}.orders.order-submitted.v1`,
  orderCancelled: `${PREFIX}.orders.order-cancelled.v1`,
  orderConfirmed: `${PREFIX}.orders.order-confirmed.v1`,
} as const;

export const TASK_QUEUES = {
  orders: 'orders',
  payments: 'payments',
} as const;

/** Why a step is refused: the type of its `RefusalError`. */
export const REFUSALS = {
  outOfStock: 'out-of-stock',
  cardDeclined: 'card-declined',
} as const;

/** Why the saga itself ends without an order. */
export const REASONS = { cancelled: 'cancelled-by-customer' } as const;

/** How long an order can be cancelled after its stock is reserved: long enough to type the command. */
export const CANCEL_WITHIN_MS = 10_000;
