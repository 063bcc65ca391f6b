import { z } from 'zod';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A longer deadline is a typing error. */
const LONGEST = 60 * DAY;

const deadline = (preset: number) => z.coerce.number().int().min(1).max(LONGEST).default(preset);

/** The shop's own settings; times in milliseconds. */
export const shopSettings = z.object({
  /** How long an early event, a payment notification for example, may wait for its order; then it becomes a dead letter. */
  ORDER_SUBMISSION_WITHIN_MS: deadline(DAY),
  /** How long the payment provider may take to decide on a pending payment; then the order is compensated. */
  ORDER_AUTHORIZATION_WITHIN_MS: deadline(60 * MINUTE),
  /** How long the customer may take to decide about an order of which only a part is in stock. */
  ORDER_STOCK_DECISION_WITHIN_MS: deadline(2 * DAY),
  /** What happens to it when the customer does not decide: wait for the rest, send the available part, or cancel. */
  ORDER_PARTIAL_STOCK: z.enum(['wait', 'partial', 'cancel']).default('cancel'),
  /** How long an order waits for the rest of its stock; then it is rejected. */
  ORDER_RESTOCK_WITHIN_MS: deadline(14 * DAY),
  /** How often it checks the stock meanwhile: each check is a step in the order's history, and it makes 1,000 at most. */
  ORDER_RESTOCK_EVERY_MS: deadline(6 * HOUR),
  /**
   * How long the customer may take to provide another payment method after the payment was refused; then the order is
   * rejected.
   */
  ORDER_PAYMENT_METHOD_WITHIN_MS: deadline(DAY),
  /** How many times the payment of an order may be tried, each time with another payment method; 1 rejects the order at once. */
  ORDER_PAYMENT_ATTEMPTS: z.coerce.number().int().min(1).max(10).default(3),
  /**
   * How long before its expiry an authorization is renewed; a shorter one is renewed when half of its time is over. If the
   * provider cannot renew it, a new one is requested.
   */
  ORDER_RENEW_AUTHORIZATION_BEFORE_MS: deadline(DAY),
  /** How long after its confirmation an order may wait for the carrier to fetch the parcel; then it is compensated. */
  ORDER_DISPATCH_WITHIN_MS: deadline(5 * DAY),
  /**
   * How long after the dispatch an order may wait for its delivery; then the carrier is asked where the parcel is, and
   * after the same time again a person decides.
   */
  ORDER_DELIVERY_WITHIN_MS: deadline(14 * DAY),
  /**
   * What happens when the carrier has lost a parcel: its price is refunded, or it is sent once more if one
   * warehouse has all of it; when it is lost again, its price is refunded.
   */
  ORDER_LOST_PARCEL: z.enum(['refund', 'reship']).default('refund'),
  /** How long one step may take with all its retries; then the order is compensated. */
  ORDER_STEP_WITHIN_MS: deadline(60 * MINUTE),
  /** How long one compensation, or a refund, may take with all its retries; then a person decides. */
  ORDER_COMPENSATION_WITHIN_MS: deadline(10 * MINUTE),
  /**
   * How long one step without a way back may take with all its retries: capture, booking out of stock, closing, messages to
   * the customer. Then a person decides. It is long, because an outage should end by itself; `sagas retrying` lists the
   * step meanwhile.
   */
  ORDER_FORWARD_WITHIN_MS: deadline(4 * HOUR),
  /**
   * A decision that moves more than this needs two people: to let a payment go, to call a payment or refund done, or to
   * call a parcel delivered or lost. In minor units of the order's currency. Default: one person decides.
   */
  ORDER_FOUR_EYES_ABOVE: z.coerce.number().int().min(0).optional(),
  /** How often all orders are checked for inconsistencies. */
  RECONCILE_EVERY_MS: deadline(15 * MINUTE),
  /**
   * Changes less than this ago are not reported: an attempt of a step that was under way when its workflow was
   * terminated may take ten seconds, and longer on a worker that is paused.
   */
  RECONCILE_GRACE_MS: deadline(2 * MINUTE),
  /** Orders that ended longer than this ago are not checked again. Open ones always are. */
  RECONCILE_LOOKBACK_MS: deadline(7 * DAY),
});
