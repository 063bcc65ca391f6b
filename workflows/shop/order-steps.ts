import { workflowInfo } from '@temporalio/workflow';
import type { InventoryActivities } from '../../activities/shop/inventory';
import type { NotificationActivities, NotifyCustomer } from '../../activities/shop/notifications';
import type { OrderActivities, OrderDeadlines } from '../../activities/shop/orders';
import type { Authorization, PaymentActivities } from '../../activities/shop/payments';
import type { Shipment, ShippingActivities } from '../../activities/shop/shipping';
import {
  failureOf,
  FAILURES,
  openDeadLetterChannel,
  SagaFailure,
  STEP_ATTEMPTS,
  stepsOf,
  stepsOnOwnDatabase,
} from 'sagaline/workflow';
import type { OrderContent, SubmittedOrder } from '../../domains/shop/events/orders';
import type { AmendmentRefusal } from '../../domains/shop/names';
import { REASONS, REFUSALS, TASK_QUEUES } from '../../domains/shop/names';
import type { Allocation } from '../../domains/shop/rules/allocation';
import { MAIN_WAREHOUSE } from '../../domains/shop/rules/allocation';
import type { AuthorizedAmount } from '../../domains/shop/rules/authorizations';
import { orderTotal, priceText } from '../../domains/shop/rules/pricing';
import type { CompensatableStep, ForwardSteps } from 'sagaline/workflow';

const book = stepsOnOwnDatabase<OrderActivities>({ ...STEP_ATTEMPTS, taskQueue: TASK_QUEUES.orders });

/** Events that an order has received and will never apply. */
export const deadLetterChannel = openDeadLetterChannel({ taskQueue: TASK_QUEUES.orders });

/** The deadlines of an order that has not come yet. */
export function deadlinesBeforeSubmission(): Promise<OrderDeadlines> {
  return book.orderDeadlines('Read the deadlines', {});
}

/** Enters the order, and fixes its deadlines. */
export async function openOrder(submission: SubmittedOrder, forward: ForwardSteps): Promise<OrderDeadlines> {
  const input = { runId: workflowInfo().firstExecutionRunId, submission, total: orderTotal(submission) };
  const run = () => book.openOrder('Enter the order', input);
  return (await forward.pivot({ name: 'openOrder', run })) ?? deadlinesBeforeSubmission();
}

/** The steps of one order, in the shop's words: each with its key, its summary for the UI and its deadline. */
export function stepsFor(order: SubmittedOrder, deadlines: OrderDeadlines, forward: ForwardSteps) {
  const { orderId, email, currency } = order;
  const price = (amount: number) => priceText({ amount, currency });
  const key = (step: string, revision = 0) => `${orderId}:${step}:${revision}`;
  /** Requests are told apart by their number: one answer for each. */
  let refusals = 0;
  let reductions = 0;
  let givenBack = 0;
  let refusedAmendments = 0;
  /** A refused attempt's key is spent. */
  let attempts = 0;

  const step = { ...STEP_ATTEMPTS, scheduleToCloseTimeout: deadlines.stepWithinMs };
  const compensate = { ...STEP_ATTEMPTS, scheduleToCloseTimeout: deadlines.compensationWithinMs };
  const inventory = stepsOf<InventoryActivities>({ ...step, taskQueue: TASK_QUEUES.inventory });
  const inventoryCompensation = stepsOf<InventoryActivities>({
    ...compensate,
    taskQueue: TASK_QUEUES.inventory,
  });
  /** Where there is no way but forward a step is given up as well, and a person is asked. */
  const ahead = { ...STEP_ATTEMPTS, scheduleToCloseTimeout: deadlines.forwardWithinMs };
  const inventoryForward = stepsOf<InventoryActivities>({ ...ahead, taskQueue: TASK_QUEUES.inventory });
  const paymentsForward = stepsOf<PaymentActivities>({ ...ahead, taskQueue: TASK_QUEUES.payments });
  const shippingForward = stepsOf<ShippingActivities>({ ...ahead, taskQueue: TASK_QUEUES.shipping });
  const notifications = stepsOf<NotificationActivities>({ ...ahead, taskQueue: TASK_QUEUES.notifications });
  const bookForward = stepsOnOwnDatabase<OrderActivities>({ ...ahead, taskQueue: TASK_QUEUES.orders });
  const retriable = <Result>(name: string, run: () => Promise<Result>) => forward.retriable({ name, run });
  const payments = stepsOf<PaymentActivities>({ ...step, taskQueue: TASK_QUEUES.payments });
  const paymentsCompensation = stepsOf<PaymentActivities>({ ...compensate, taskQueue: TASK_QUEUES.payments });
  const shipping = stepsOf<ShippingActivities>({ ...step, taskQueue: TASK_QUEUES.shipping });
  const shippingCompensation = stepsOf<ShippingActivities>({
    ...compensate,
    taskQueue: TASK_QUEUES.shipping,
  });

  const authorizationRequest = ({ amount, number, paymentToken }: Authorizing) => ({
    key: key('authorizePayment', number),
    orderId,
    total: { amount, currency },
    paymentToken,
  });

  const question = ({ paymentId, amount }: AuthorizedAmount) =>
    [
      `Ask the provider about the ${price(amount)}`,
      { orderId, paymentId, total: { amount, currency } },
    ] as const;

  return {
    price,

    reserveStock: (lines: StockLines, number: number, preferred: readonly string[] = []) => {
      const input = {
        key: key('reserveStock', number),
        orderId,
        lines: piecesOf(lines),
        preferred: [...preferred],
      };
      const summary = `Reserve ${inWords(lines)}`;
      return {
        run: async () => givenBy(await inventory.reserveStock(summary, input), lines),
        undoneBy: 'releaseStock',
        compensate: () =>
          inventoryCompensation.releaseStock(`Release ${inWords(lines)}`, { undoes: input.key, orderId }),
        /** Behind the pivot: refused, or done; nothing where a person has done something else. */
        retriable: async () =>
          (await forward.pivot({
            name: 'reserveStock',
            run: () => inventoryForward.reserveStock(summary, input),
          })) ?? [],
      } satisfies CompensatableStep<Allocation[]> & { retriable: () => Promise<Allocation[]> };
    },

    availableStock: (lines: StockLines) =>
      inventory.availableStock(`See what there is of ${inWords(lines)}`, { orderId, lines: piecesOf(lines) }),

    askAboutStock: (wanted: StockLines, available: StockLines, number: number) =>
      book.askAboutStock('Ask what to do about the stock', {
        key: key('askAboutStock', number),
        orderId,
        wanted: piecesOf(wanted),
        available: piecesOf(available),
      }),

    /** What the order needs no longer: there is no way but forward. */
    reduceStock: ({ warehouse, lines }: Allocation) => {
      const pieces = { warehouse, lines: piecesOf(lines) };
      const input = { key: key('reduceStock', reductions++), orderId, ...pieces };
      return retriable('reduceStock', () =>
        inventoryForward.reduceStock(`Give ${inWords(lines)} back`, input),
      );
    },

    authorizePayment: (authorization: Authorizing) =>
      ({
        run: () =>
          payments.authorizePayment(
            `Authorize ${price(authorization.amount)} on the card`,
            authorizationRequest(authorization),
          ),
        undoneBy: 'voidPayment',
        compensate: () =>
          paymentsCompensation.voidPayment(`Void the authorization of ${price(authorization.amount)}`, {
            undoes: authorizationRequest(authorization),
          }),
      }) satisfies CompensatableStep<Authorization>,

    /** An authorization that an amendment has made surplus. */
    voidAuthorization: (authorization: Authorizing) =>
      retriable('voidPayment', () =>
        paymentsForward.voidPayment(`Void the authorization of ${price(authorization.amount)}`, {
          undoes: authorizationRequest(authorization),
        }),
      ),

    createShipment: ({ recipient, parcels, number }: Booking) => {
      const booking = { key: key('createShipment', number), orderId, recipient, parcels: piecesOf(parcels) };
      const summary = `Book the carrier to ${recipient.city}`;
      return {
        run: () => shipping.createShipment(summary, booking),
        undoneBy: 'cancelShipment',
        compensate: () => shippingCompensation.cancelShipment('Cancel the booking', { undoes: booking }),
        /** Behind the pivot: refused, or done; nothing where a person has done something else. */
        retriable: () =>
          forward.pivot({
            name: 'createShipment',
            run: () => shippingForward.createShipment(summary, booking),
          }),
        /** Another booking stands in for this one, or none. It fails where the carrier refuses, or a person skips it. */
        withdraw: () =>
          forward.pivot({
            name: 'cancelShipment',
            run: () => shippingForward.cancelShipment('Cancel the booking', { undoes: booking }),
          }),
      } satisfies CompensatableStep<Shipment> & {
        retriable: () => Promise<Shipment | undefined>;
        withdraw: () => Promise<unknown>;
      };
    },

    confirmOrder: (total: number) =>
      book.confirmOrder('Confirm the order', {
        key: key('confirmOrder'),
        orderId,
        total: { amount: total, currency },
      }),

    amendOrder: (content: OrderContent, { revision, addressChanged }: AmendmentMade) =>
      retriable('amendOrder', () =>
        bookForward.amendOrder('Amend the order', {
          key: key('amendOrder', revision),
          amended: { orderId, revision, lines: content.lines, total: orderTotal(content), addressChanged },
        }),
      ),

    refuseAmendment: (refusal: { reason: AmendmentRefusal; detail: string }) => {
      const { reason, detail } = refusal;
      const input = { key: key('refuseAmendment', refusedAmendments++), orderId, reason, detail };
      return retriable('refuseAmendment', () => bookForward.refuseAmendment('Refuse the amendment', input));
    },

    /**
     * The goods have left. One key for each call of this: a refused one's is spent, and after any other failure the provider is
     * asked under the same key what became of it.
     */
    capturePayment: ({ paymentId, amount }: AuthorizedAmount) => {
      const total = { amount, currency };
      const input = { key: key('capturePayment', attempts++), orderId, paymentId, total };
      return () => paymentsForward.capturePayment(`Take ${price(amount)}`, input);
    },

    renewPayment: ({ paymentId, amount }: AuthorizedAmount, number: number) =>
      payments.renewPayment(`Renew the authorization of ${price(amount)}`, {
        key: key('renewPayment', number),
        orderId,
        paymentId,
        total: { amount, currency },
      }),

    /** The customer has to confirm a payment, by 3-D Secure for example. */
    requestPaymentAction: (
      { paymentId, amount, number }: AuthorizedAmount & Authorizing,
      action: PaymentAction,
    ) =>
      book.requestPaymentAction('Ask the customer to confirm the payment', {
        key: key('requestPaymentAction', number),
        action: { orderId, paymentId, total: { amount, currency }, ...action },
      }),

    confirmPayment: (authorization: AuthorizedAmount) => payments.confirmPayment(...question(authorization)),

    /**
     * Of an authorization that is said to be gone: what is only said, and cannot be asked about, must not compensate an order. `undefined`: a
     * person has said that the provider need not be asked.
     */
    confirmVoid: (authorization: AuthorizedAmount) =>
      retriable('confirmPayment', () => paymentsForward.confirmPayment(...question(authorization))),

    /** Behind the pivot, but not without an end: as one of a compensation, it is given up for a person to decide. Once, whatever they say. */
    refundPayment: (paymentId: string) => {
      const input = { key: key('refundPayment', givenBack++), orderId, paymentId };
      return (amount: number) =>
        paymentsCompensation.refundPayment(`Give ${price(amount)} back`, {
          ...input,
          total: { amount, currency },
        });
    },

    requestPaymentMethod: (total: number, attempt: number, detail: string) =>
      book.requestPaymentMethod('Ask for another payment method', {
        key: key('requestPaymentMethod', attempt),
        orderId,
        total: { amount: total, currency },
        attempt,
        detail,
      }),

    /** `undefined`: a person has said that the carrier need not be asked. */
    trackShipment: (shipmentId: string) =>
      retriable('trackShipment', () =>
        shippingForward.trackShipment('Ask the carrier', { orderId, shipmentId }),
      ),

    refuseCancellation: (detail: string) => {
      const input = { key: key('refuseCancellation', refusals++), orderId, reason: REASONS.tooLate, detail };
      return retriable('refuseCancellation', () =>
        bookForward.refuseCancellation('Refuse the cancellation', input),
      );
    },

    /** One parcel's stock has left. */
    shipStock: async ({ warehouse, lines }: Allocation, number: number) => {
      const input = { key: key('shipStock', number), orderId, warehouse };
      const outcome = await retriable('shipStock', () =>
        unlessCompensated(() => inventoryForward.shipStock(`Book out ${inWords(lines)}`, input)),
      );
      // Nobody is asked about it: a repair has compensated the order.
      if (outcome === COMPENSATED)
        throw new SagaFailure('defect', FAILURES.stepCompensated, `${input.key} was compensated`);
    },

    completeOrder: (total: number) =>
      retriable('closeOrder', () =>
        bookForward.closeOrder('Complete the order', {
          state: 'completed',
          key: key('closeOrder'),
          orderId,
          total: { amount: total, currency },
        }),
      ),

    closeRefundedOrder: (total: number, because: { reason: string; detail: string }) =>
      retriable('closeOrder', () =>
        bookForward.closeOrder(`Close the order as refunded: ${because.reason}`, {
          state: 'refunded',
          key: key('closeOrder'),
          orderId,
          total: { amount: total, currency },
          ...because,
        }),
      ),

    closeFailedOrder: (
      state: 'rejected' | 'compensated' | 'cancelled',
      { reason, detail }: { reason: string; detail: string },
    ) =>
      retriable('closeOrder', () =>
        bookForward.closeOrder(`Close the order as ${state}: ${reason}`, {
          state,
          key: key('closeOrder'),
          orderId,
          reason,
          detail,
        }),
      ),

    /**
     * An address that nothing can be sent to is no failure of the order: its history says that the customer was not told.
     * @returns `compensated` where a repair has left no message to send
     */
    notifyCustomer: (template: NotifyCustomer['template'], values: Record<string, string>) => {
      const input = { key: key('notifyCustomer'), orderId, email, template, values };
      return retriable('notifyCustomer', async () => {
        try {
          return await unlessCompensated(() => notifications.notifyCustomer(`Tell ${email}`, input));
        } catch (error) {
          if (failureOf(error).type !== REFUSALS.recipientRefused) throw error;
          return undefined;
        }
      });
    },
  };
}

/** What comes of a step that was compensated before it was done. */
export const COMPENSATED = 'compensated';

async function unlessCompensated(run: () => Promise<void>): Promise<typeof COMPENSATED | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (failureOf(error).type !== FAILURES.stepCompensated) throw error;
    return COMPENSATED;
  }
}

export type OrderSteps = ReturnType<typeof stepsFor>;

type StockLines = readonly { readonly sku: string; readonly quantity: number }[];

/** An authorization at the payment provider; the first one of an order has the number 0. */
export interface Authorizing {
  readonly amount: number;
  readonly number: number;
  readonly paymentToken: string;
}

interface PaymentAction {
  readonly url: string;
  readonly dueBy: string;
}

/** A booking at the carrier; the first one of an order has the number 0. */
export interface Booking {
  readonly recipient: SubmittedOrder['shippingAddress'];
  readonly parcels: StockLines;
  readonly number: number;
}

interface AmendmentMade {
  readonly revision: number;
  readonly addressChanged: boolean;
}

function piecesOf(lines: StockLines) {
  return lines.map(({ sku, quantity }) => ({ sku, quantity }));
}

/** Before there were several warehouses, a reservation had no answer. */
function givenBy(allocation: Allocation[] | null | undefined, lines: StockLines): Allocation[] {
  return allocation ?? [{ warehouse: MAIN_WAREHOUSE, lines: piecesOf(lines) }];
}

function inWords(lines: StockLines): string {
  return lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
}
