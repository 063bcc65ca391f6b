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

/** Where an order stands; the values of the search attribute `SagaState`, beside the engine's own. */
export type OrderState =
  /** An early event has opened the workflow; the order itself has not come yet. */
  | 'awaiting-submission'
  /** Stock is being reserved and the payment authorised. */
  | 'placing'
  /** Not all of it is in stock: the customer decides whether to wait, to take what there is, or to cancel. */
  | 'awaiting-stock-decision'
  /** The customer waits until all of it is in stock. */
  | 'awaiting-stock'
  /** The payment was refused, or its authorization is gone; the customer may provide another payment method. */
  | 'awaiting-payment-method'
  /** Both are there; the carrier is being asked, or has the order and not yet the parcel. */
  | 'awaiting-dispatch'
  /** The parcel is on its way; the payment is being captured, or has been. */
  | 'awaiting-delivery'
  /** The parcel is on its way, and a person has to decide: the payment cannot be taken, or nobody knows where it is. */
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
  /** The customer has cancelled it before it was dispatched; all that was done has been compensated. */
  | 'cancelled'
  /** Paid, and the parcel got lost: the customer has the money back. */
  | 'refunded'
  /** Another saga has opened this order before; this one has touched nothing. */
  | 'duplicate';

/** Types of business refusals: a step had no effect, and repeating it would not change that. */
export const REFUSALS = {
  orderExists: 'order-exists',
  /** Nothing of it is there. */
  outOfStock: 'out-of-stock',
  /** Some of it is there, and not all. */
  partialStock: 'partial-stock',
  paymentDeclined: 'payment-declined',
  /** The payment provider does not know the token, has seen it used, or says that it has expired. */
  paymentMethodUnusable: 'payment-method-unusable',
  /** More, or less, than the payment provider takes in one payment. */
  amountNotAccepted: 'amount-not-accepted',
  addressNotServed: 'address-not-served',
  /** The carrier goes there, and does not take this parcel. */
  parcelNotAccepted: 'parcel-not-accepted',
  /** The authorization was lifted at the provider, or has ended: nothing can be taken of it. */
  paymentVoided: 'payment-voided',
  /** The provider cannot renew the authorization: it ends when it ends. */
  authorizationNotRenewable: 'authorization-not-renewable',
  /** Of a booking that is to be cancelled: the carrier has fetched the parcel. */
  parcelDispatched: 'parcel-dispatched',
  /** Of a message: nothing can ever be sent to its address. */
  recipientRefused: 'recipient-refused',
} as const;

/** Reasons for which an order ends early that are no refusals of a step. */
export const REASONS = {
  /** The customer asked for it. */
  cancelledByCustomer: 'cancelled-by-customer',
  /** Somebody has cancelled the workflow, in the Temporal UI for example; the engine's own word. */
  cancelledInUi: 'cancelled',
  /** The payment provider has not decided in time. */
  authorizationOverdue: 'authorization-overdue',
  /** Some of it is not in stock, and nobody has decided in time what to do. */
  stockUndecided: 'stock-undecided',
  /** What the customer has waited for did not come in time. */
  restockOverdue: 'restock-overdue',
  /** The payment was refused, and the customer has not provided another payment method in time. */
  paymentMethodOverdue: 'payment-method-overdue',
  /** The carrier never fetched the parcel. */
  dispatchOverdue: 'dispatch-overdue',
  /** Of a refused cancellation or amendment: the parcel is on its way, or the order has ended. */
  tooLate: 'too-late',
  /** Of a refund that waits: the customer's bank may give the money back. */
  paymentDisputed: 'payment-disputed',
  /** Of a refund. */
  parcelLost: 'parcel-lost',
  /** Its workflow was gone; a repair has compensated what it had left. */
  reconciled: 'reconciled',
} as const;

/** All reasons for which an amendment is refused; the order is what it was before, and goes on. */
export const AMENDMENT_REFUSALS = {
  /** The parcel is on its way, the order is being compensated or has ended. */
  tooLate: REASONS.tooLate,
  /** Lines and address are what they were. */
  nothingChanged: 'nothing-changed',
  /** What is wanted in addition is not there. */
  outOfStock: REFUSALS.outOfStock,
  /** The difference cannot be held. */
  paymentDeclined: REFUSALS.paymentDeclined,
  /** The difference is more, or less, than the payment provider takes in one payment. */
  amountNotAccepted: REFUSALS.amountNotAccepted,
  /** The provider wants time to decide on the difference: an order does not wait for that. */
  paymentPending: 'payment-pending',
  /** The order costs more, and has no payment method, or one that cannot be used again: the amendment needs a `paymentToken`. */
  paymentMethodRequired: 'payment-method-required',
  /** The carrier does not go there. */
  addressNotServed: REFUSALS.addressNotServed,
  /** The carrier does not take one of the parcels. */
  parcelNotAccepted: REFUSALS.parcelNotAccepted,
  /** Several parcels are booked, and more than one of them would have to be booked anew. */
  severalParcels: 'several-parcels',
  /** A step could not be done in time. */
  stepFailed: 'step-failed',
} as const;

export type AmendmentRefusal = (typeof AMENDMENT_REFUSALS)[keyof typeof AMENDMENT_REFUSALS];
