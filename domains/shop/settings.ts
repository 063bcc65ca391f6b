import { z } from 'zod';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A deadline beyond this is a typing error. */
const LONGEST = 60 * DAY;

const deadline = (preset: number) => z.coerce.number().int().min(1).max(LONGEST).default(preset);

/** The shop's own settings; times in milliseconds. */
export const shopSettings = z.object({
  /** How long an early event, payment notification for example, may wait for its order; then it is a dead letter. */
  ORDER_SUBMISSION_WITHIN_MS: deadline(DAY),
  /** How long the payment provider may take to decide on a pending payment; then the order is compensated. */
  ORDER_AUTHORIZATION_WITHIN_MS: deadline(60 * MINUTE),
  /** How long the customer may take to say what to do about an order of which only a part is in stock. */
  ORDER_STOCK_DECISION_WITHIN_MS: deadline(2 * DAY),
  /** What is done about it when the customer says nothing: wait for the rest, send the part that there is, or cancel. */
  ORDER_PARTIAL_STOCK: z.enum(['wait', 'partial', 'cancel']).default('cancel'),
  /** How long an order waits for the rest of its stock; then it is rejected. */
  ORDER_RESTOCK_WITHIN_MS: deadline(14 * DAY),
  /** How often it looks meanwhile: each look is a step of its own in the order's history, and it makes 1,000 at most. */
  ORDER_RESTOCK_EVERY_MS: deadline(6 * HOUR),
  /** How long the customer may take to provide another payment method, after the payment was refused; then the order is rejected. */
  ORDER_PAYMENT_METHOD_WITHIN_MS: deadline(DAY),
  /** How often the payment of an order may be tried, each time with another payment method; 1 rejects the order at once. */
  ORDER_PAYMENT_ATTEMPTS: z.coerce.number().int().min(1).max(10).default(3),
  /**
   * How long before its end an authorization is renewed; of a shorter one, when half of its time is over. What the provider cannot renew
   * is asked for anew.
   */
  ORDER_RENEW_AUTHORIZATION_BEFORE_MS: deadline(DAY),
  /** How long after its confirmation an order may wait for the carrier to fetch the parcel; then it is compensated. */
  ORDER_DISPATCH_WITHIN_MS: deadline(5 * DAY),
  /**
   * How long after the dispatch an order may wait for its delivery; then the carrier is asked where the parcel is, and
   * after as long again a person decides.
   */
  ORDER_DELIVERY_WITHIN_MS: deadline(14 * DAY),
  /**
   * What becomes of a parcel that the carrier has lost: its price is given back, or it is sent once more, where one
   * warehouse has all of it; lost again, its price is given back.
   */
  ORDER_LOST_PARCEL: z.enum(['refund', 'reship']).default('refund'),
  /** How long one step may take with all its retries; then the order is compensated. */
  ORDER_STEP_WITHIN_MS: deadline(60 * MINUTE),
  /** How long one compensation, or a refund, may take with all its retries; then a person decides. */
  ORDER_COMPENSATION_WITHIN_MS: deadline(10 * MINUTE),
  /**
   * How long one step that has no way back may take with all its retries: taking the payment, booking out, closing, telling the
   * customer. Then a person decides. Long, because an outage should end by itself; `sagas retrying` lists it meanwhile.
   */
  ORDER_FORWARD_WITHIN_MS: deadline(4 * HOUR),
  /** How often all orders are looked at for what does not add up. */
  RECONCILE_EVERY_MS: deadline(15 * MINUTE),
  /**
   * What has changed less than this ago is no finding: an attempt of a step that was under way when its workflow was
   * terminated may take ten seconds, with a worker that stands still some more.
   */
  RECONCILE_GRACE_MS: deadline(2 * MINUTE),
  /** Orders that have ended longer than this ago are not looked at again. Open ones always are. */
  RECONCILE_LOOKBACK_MS: deadline(7 * DAY),
});
