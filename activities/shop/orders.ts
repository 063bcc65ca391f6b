import { z } from 'zod';
import { orderAmended, paymentActionRequested } from '../../domains/shop/events';
import { AMENDMENT_REFUSALS } from '../../domains/shop/names';
import { activity } from 'sagaline/activities';
import { charge, money, orderId, stepKey, stockLines } from './shapes';

/** Of the submission, only what the record has. */
const submission = z.object({ orderId, customerId: z.string().min(1).max(64) });
const openOrder = z.object({ runId: z.string().min(1), submission, total: money });
const confirmOrder = z.object({ key: stepKey, orderId, total: money });
/** Why an order ended early. The detail may have any length; its event contains the beginning. */
const cause = { reason: z.string().min(1).max(64), detail: z.string() };
const closeOrder = z.discriminatedUnion('state', [
  z.object({ state: z.literal('completed'), key: stepKey, orderId, total: money }),
  z.object({ state: z.enum(['rejected', 'compensated', 'cancelled']), key: stepKey, orderId, ...cause }),
  z.object({ state: z.literal('refunded'), key: stepKey, orderId, total: money, ...cause }),
]);
const refuseCancellation = z.object({ key: stepKey, orderId, ...cause });
const amendOrder = z.object({ key: stepKey, amended: orderAmended.schema });
const refuseAmendment = z.object({
  key: stepKey,
  orderId,
  reason: z.enum(Object.values(AMENDMENT_REFUSALS)),
  detail: z.string(),
});
const askAboutStock = z.object({
  key: stepKey,
  orderId,
  wanted: stockLines,
  available: stockLines,
});
const requestPaymentMethod = z.object({
  key: stepKey,
  orderId,
  total: charge,
  attempt: z.int().min(1).max(10),
  detail: z.string(),
});
const requestPaymentAction = z.object({ key: stepKey, action: paymentActionRequested.schema });
const orderDeadlines = z.object({});

export type OpenOrder = z.infer<typeof openOrder>;
export type ConfirmOrder = z.infer<typeof confirmOrder>;
export type CloseOrder = z.infer<typeof closeOrder>;
export type AmendOrder = z.infer<typeof amendOrder>;
export type RefuseAmendment = z.infer<typeof refuseAmendment>;
export type AskAboutStock = z.infer<typeof askAboutStock>;
export type RequestPaymentMethod = z.infer<typeof requestPaymentMethod>;
export type RequestPaymentAction = z.infer<typeof requestPaymentAction>;
export type RefuseCancellation = z.infer<typeof refuseCancellation>;

/**
 * Whether Temporal does not know a run of an order's workflow: it is past its retention, or Temporal was restored from an older
 * backup.
 */
export type IsForgotten = (run: { readonly orderId: string; readonly runId: string }) => Promise<boolean>;

/**
 * Deadlines of one order, in milliseconds, and the other settings that apply to it. They are fixed in its history when it is
 * opened, even if the settings change later.
 */
export interface OrderDeadlines {
  /** From the first early event to the order itself. */
  readonly submissionWithinMs: number;
  /** From a pending payment to the provider's decision. */
  readonly authorizationWithinMs: number;
  /** From the question about an order of which only a part is in stock, to the answer. */
  readonly stockDecisionWithinMs: number;
  /** The decision when there is no answer. */
  readonly partialStock: 'wait' | 'partial' | 'cancel';
  /** How long the order waits for its stock, and how often it checks. */
  readonly restockWithinMs: number;
  readonly restockEveryMs: number;
  /** From a refused payment to another payment method. */
  readonly paymentMethodWithinMs: number;
  /** How often the payment may be tried. */
  readonly paymentAttempts: number;
  /** How long before its expiry an authorization is renewed. */
  readonly renewAuthorizationBeforeMs: number;
  /** From the confirmation to the dispatch. */
  readonly dispatchWithinMs: number;
  /** From the dispatch to an inquiry at the carrier, and from there to a person. */
  readonly deliveryWithinMs: number;
  /** What happens when a parcel is lost. */
  readonly lostParcel: 'refund' | 'reship';
  /** One step, with all its retries. */
  readonly stepWithinMs: number;
  /** One compensation, with all its retries. */
  readonly compensationWithinMs: number;
  /** One step without a way back, with all its retries. */
  readonly forwardWithinMs: number;
  /** The amount above which a decision needs two people, in minor units; absent if one always decides. */
  readonly fourEyesAbove?: number | undefined;
}

/** The shop's record of its orders. */
export interface Orders {
  /**
   * Enters an order for the saga of this run.
   * @throws RefusalError of type `order-exists` when another saga has entered it
   */
  openOrder(input: OpenOrder): Promise<void>;
  confirmOrder(input: ConfirmOrder): Promise<void>;
  closeOrder(input: CloseOrder): Promise<void>;
  /** Publishes that the customer can no longer cancel: an event for each request, under its own key. */
  refuseCancellation(input: RefuseCancellation): Promise<void>;
  /** Asks the customer what to do about an order of which only a part is in stock. */
  askAboutStock(input: AskAboutStock): Promise<void>;
  /** Asks the customer for another payment method. */
  requestPaymentMethod(input: RequestPaymentMethod): Promise<void>;
  /** Publishes where the customer has to confirm the payment. */
  requestPaymentAction(input: RequestPaymentAction): Promise<void>;
  /** Records the new total, and publishes the amendment. */
  amendOrder(input: AmendOrder): Promise<void>;
  /** Publishes that the order stays as it is: an event for each request, under its own key. */
  refuseAmendment(input: RefuseAmendment): Promise<void>;
}

export function createOrderActivities(orders: Orders, deadlines: OrderDeadlines) {
  return {
    openOrder: activity(openOrder, async (input): Promise<OrderDeadlines> => {
      await orders.openOrder(input);
      return deadlines;
    }),
    confirmOrder: activity(confirmOrder, (input) => orders.confirmOrder(input)),
    closeOrder: activity(closeOrder, (input) => orders.closeOrder(input)),
    refuseCancellation: activity(refuseCancellation, (input) => orders.refuseCancellation(input)),
    askAboutStock: activity(askAboutStock, (input) => orders.askAboutStock(input)),
    requestPaymentMethod: activity(requestPaymentMethod, (input) => orders.requestPaymentMethod(input)),
    requestPaymentAction: activity(requestPaymentAction, (input) => orders.requestPaymentAction(input)),
    amendOrder: activity(amendOrder, (input) => orders.amendOrder(input)),
    refuseAmendment: activity(refuseAmendment, (input) => orders.refuseAmendment(input)),
    /** For a workflow whose order has not arrived yet. */
    orderDeadlines: activity(orderDeadlines, () => Promise.resolve(deadlines)),
  };
}

export type OrderActivities = ReturnType<typeof createOrderActivities>;
