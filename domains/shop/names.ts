/** Names that the shop's events, workflows, activities and tools share. Plain constants: workflows import this file. */

const PREFIX = 'dev.sagaline.shop';

export const EVENTS = {
  articleViewed: `${PREFIX}.customers.article-viewed.v1`,
  orderSubmitted: `${PREFIX}.orders.submitted.v1`,
  orderConfirmed: `${PREFIX}.orders.confirmed.v1`,
  orderCompleted: `${PREFIX}.orders.completed.v1`,
  orderRejected: `${PREFIX}.orders.rejected.v1`,
  orderCompensated: `${PREFIX}.orders.compensated.v1`,
  orderCancelled: `${PREFIX}.orders.cancelled.v1`,
  orderRefunded: `${PREFIX}.orders.refunded.v1`,
  cancellationRequested: `${PREFIX}.orders.cancellation-requested.v1`,
  cancellationRefused: `${PREFIX}.orders.cancellation-refused.v1`,
  amendmentRequested: `${PREFIX}.orders.amendment-requested.v1`,
  orderAmended: `${PREFIX}.orders.amended.v1`,
  partialStock: `${PREFIX}.orders.partial-stock.v1`,
  partialStockDecided: `${PREFIX}.orders.partial-stock-decided.v1`,
  amendmentRefused: `${PREFIX}.orders.amendment-refused.v1`,
  paymentMethodRequested: `${PREFIX}.orders.payment-method-requested.v1`,
  paymentActionRequested: `${PREFIX}.orders.payment-action-requested.v1`,
  stockReserved: `${PREFIX}.inventory.stock-reserved.v1`,
  stockReleased: `${PREFIX}.inventory.stock-released.v1`,
  stockShipped: `${PREFIX}.inventory.stock-shipped.v1`,
  paymentAuthorized: `${PREFIX}.payments.authorized.v1`,
  paymentDeclined: `${PREFIX}.payments.declined.v1`,
  paymentCaptured: `${PREFIX}.payments.captured.v1`,
  paymentVoided: `${PREFIX}.payments.voided.v1`,
  paymentRefunded: `${PREFIX}.payments.refunded.v1`,
  paymentDisputed: `${PREFIX}.payments.disputed.v1`,
  paymentMethodProvided: `${PREFIX}.payments.payment-method-provided.v1`,
  shipmentDispatched: `${PREFIX}.logistics.shipment-dispatched.v1`,
  shipmentDelivered: `${PREFIX}.logistics.shipment-delivered.v1`,
  shipmentLost: `${PREFIX}.logistics.shipment-lost.v1`,
} as const;

/** One task queue for each capability. */
export const TASK_QUEUES = {
  orders: 'orders',
  inventory: 'inventory',
  payments: 'payments',
  shipping: 'shipping',
  notifications: 'notifications',
} as const;

/** The state of an order; the values of the search attribute `SagaState`, besides the engine's own. */
export type OrderState =
  /** An early event has opened the workflow; the order itself has not come yet. */
  | 'awaiting-submission'
  /** Stock is being reserved and the payment authorised. */
  | 'placing'
  /** Only a part of the order is in stock: the customer decides whether to wait, to take that part, or to cancel. */
  | 'awaiting-stock-decision'
  /** The customer waits until the whole order is in stock. */
  | 'awaiting-stock'
  /** The payment was refused, or its authorization is gone; the customer may provide another payment method. */
  | 'awaiting-payment-method'
  /** The carrier has the booking, but not yet the parcel. */
  | 'awaiting-dispatch'
  /** The parcel is on its way; the payment is being captured, or has been. */
  | 'awaiting-delivery'
  /** The parcel is on its way, and a person has to decide: the payment cannot be captured, or the parcel cannot be found. */
  | 'awaiting-decision'
  | 'compensating'
  | OrderEnd;

/** The terminal states. */
export type OrderEnd =
  /** Paid and delivered. */
  | 'completed'
  /** Refused before it was confirmed: no stock, or no payment. Nothing is left behind. */
  | 'rejected'
  /** Confirmed, then compensated: the carrier refused, or a step could not be done in time. */
  | 'compensated'
  /** The customer cancelled it before the dispatch; all that was done has been compensated. */
  | 'cancelled'
  /** Paid, and the parcel was lost: the money was refunded to the customer. */
  | 'refunded'
  /** Another saga has opened this order before; this one has touched nothing. */
  | 'duplicate';

/** Types of business refusals: a step had no effect, and repeating it would not change that. */
export const REFUSALS = {
  orderExists: 'order-exists',
  /** No piece of it is in stock. */
  outOfStock: 'out-of-stock',
  /** Only a part of it is in stock. */
  partialStock: 'partial-stock',
  paymentDeclined: 'payment-declined',
  /** The payment provider does not know the token, has seen it used, or says that it has expired. */
  paymentMethodUnusable: 'payment-method-unusable',
  /** The amount is outside the limits of the payment provider for one payment. */
  amountNotAccepted: 'amount-not-accepted',
  addressNotServed: 'address-not-served',
  /** The carrier serves the address, but does not take this parcel. */
  parcelNotAccepted: 'parcel-not-accepted',
  /** The authorization was voided at the provider, or has expired: nothing can be captured from it. */
  paymentVoided: 'payment-voided',
  /** The provider cannot renew the authorization, which expires at its original time. */
  authorizationNotRenewable: 'authorization-not-renewable',
  /** A booking cannot be cancelled: the carrier has fetched the parcel. */
  parcelDispatched: 'parcel-dispatched',
  /** A message cannot be sent: its address is permanently refused. */
  recipientRefused: 'recipient-refused',
} as const;

/** Reasons for which an order ends early, other than the refusal of a step. */
export const REASONS = {
  /** The customer asked for it. */
  cancelledByCustomer: 'cancelled-by-customer',
  /** A person cancelled the workflow, in the Temporal UI for example; the engine's own word. */
  cancelledInUi: 'cancelled',
  /** The payment provider has not decided in time. */
  authorizationOverdue: 'authorization-overdue',
  /** A part of it is not in stock, and the customer has not decided in time what to do. */
  stockUndecided: 'stock-undecided',
  /** The stock that the customer waited for did not come in time. */
  restockOverdue: 'restock-overdue',
  /** The payment was refused, and the customer has not provided another payment method in time. */
  paymentMethodOverdue: 'payment-method-overdue',
  /** The carrier never fetched the parcel. */
  dispatchOverdue: 'dispatch-overdue',
  /** A cancellation or amendment is refused: the parcel is on its way, or the order has ended. */
  tooLate: 'too-late',
  /** A refund waits: the customer's bank may give the money back. */
  paymentDisputed: 'payment-disputed',
  /** The reason of a refund: the parcel was lost. */
  parcelLost: 'parcel-lost',
  /** The order's workflow was gone; a repair has compensated what it had left. */
  reconciled: 'reconciled',
} as const;

/** All reasons for which an amendment is refused; the order stays as it was, and goes on. */
export const AMENDMENT_REFUSALS = {
  /** The parcel is on its way, the order is being compensated or has ended. */
  tooLate: REASONS.tooLate,
  /** The request names another customer than the order's. */
  anotherCustomer: 'another-customer',
  /** Lines and address are the same as before. */
  nothingChanged: 'nothing-changed',
  /** The additional pieces are not in stock. */
  outOfStock: REFUSALS.outOfStock,
  /** The difference cannot be authorised. */
  paymentDeclined: REFUSALS.paymentDeclined,
  /** The difference is outside the limits of the payment provider for one payment. */
  amountNotAccepted: REFUSALS.amountNotAccepted,
  /** The provider needs time to decide on the difference: an order does not wait for that. */
  paymentPending: 'payment-pending',
  /** The order costs more, and has no payment method, or one that cannot be used again: the amendment needs a `paymentToken`. */
  paymentMethodRequired: 'payment-method-required',
  /** The carrier does not serve the new address. */
  addressNotServed: REFUSALS.addressNotServed,
  /** The carrier does not take one of the parcels. */
  parcelNotAccepted: REFUSALS.parcelNotAccepted,
  /** Several parcels are booked, and more than one of them would have to be booked again. */
  severalParcels: 'several-parcels',
  /** A step could not be done in time. */
  stepFailed: 'step-failed',
} as const;

export type AmendmentRefusal = (typeof AMENDMENT_REFUSALS)[keyof typeof AMENDMENT_REFUSALS];
