import { capability } from 'sagaline/workflow';
import type { InventoryActivities } from '../../activities/shop/inventory';
import type { NotificationActivities } from '../../activities/shop/notifications';
import type { OrderActivities } from '../../activities/shop/orders';
import type { PaymentActivities } from '../../activities/shop/payments';
import type { ShippingActivities } from '../../activities/shop/shipping';
import { REFUSALS, TASK_QUEUES } from './names';
import type { StockLine } from './rules/allocation';
import { priceText } from './rules/pricing';

/**
 * The steps of an order: each is declared once, with its compensation. Workflows import this file: no zod, activities as
 * types only.
 */

type RecordStep =
  | 'openOrder'
  | 'orderDeadlines'
  | 'confirmOrder'
  | 'askAboutStock'
  | 'requestPaymentMethod'
  | 'requestPaymentAction';

/**
 * Steps on the order's own record. An order repeats them until they are done: it waits for its own database, however long
 * that takes.
 */
export const records = capability<Pick<OrderActivities, RecordStep>>()(
  'records',
  {
    openOrder: { summary: () => 'Enter the order', refuses: [REFUSALS.orderExists] },
    orderDeadlines: { summary: () => 'Read the deadlines' },
    confirmOrder: { summary: () => 'Confirm the order' },
    askAboutStock: { summary: () => 'Ask what to do about the stock' },
    requestPaymentMethod: { summary: () => 'Ask for another payment method' },
    requestPaymentAction: { summary: () => 'Ask the customer to confirm the payment' },
  },
  { taskQueue: TASK_QUEUES.orders },
);

export const orders = capability<Omit<OrderActivities, RecordStep>>()(TASK_QUEUES.orders, {
  closeOrder: {
    summary: (end) => `Close the order as ${end.state}${'reason' in end ? `: ${end.reason}` : ''}`,
  },
  refuseCancellation: { summary: () => 'Refuse the cancellation' },
  amendOrder: { summary: () => 'Amend the order' },
  refuseAmendment: { summary: () => 'Refuse the amendment' },
});

export const inventory = capability<InventoryActivities>()(TASK_QUEUES.inventory, {
  reserveStock: {
    summary: ({ lines }) => `Reserve ${inWords(lines)}`,
    undoneBy: 'releaseStock',
    refuses: [REFUSALS.outOfStock, REFUSALS.partialStock],
  },
  releaseStock: { summary: ({ undoes: { lines } }) => `Release ${lines ? inWords(lines) : 'the stock'}` },
  availableStock: { summary: ({ lines }) => `See what there is of ${inWords(lines)}` },
  reduceStock: { summary: ({ lines }) => `Give ${inWords(lines)} back` },
  shipStock: { summary: ({ warehouse }) => `Book the parcel out of ${warehouse}`, after: 'pivot' },
});

export const payments = capability<PaymentActivities>()(TASK_QUEUES.payments, {
  authorizePayment: {
    summary: ({ total }) => `Authorize ${priceText(total)} on the card`,
    undoneBy: 'voidPayment',
    calls: 'provider',
    local: true,
    refuses: [REFUSALS.paymentDeclined, REFUSALS.paymentMethodUnusable, REFUSALS.amountNotAccepted],
  },
  voidPayment: {
    summary: ({ undoes: { total } }) => `Void the authorization of ${priceText(total)}`,
    calls: 'provider',
  },
  confirmPayment: {
    summary: ({ total }) => `Ask the provider about the ${priceText(total)}`,
    calls: 'provider',
    local: true,
  },
  renewPayment: {
    summary: ({ total }) => `Renew the authorization of ${priceText(total)}`,
    calls: 'provider',
    refuses: [REFUSALS.authorizationNotRenewable, REFUSALS.paymentVoided, REFUSALS.paymentDeclined],
  },
  capturePayment: {
    summary: ({ total }) => `Take ${priceText(total)}`,
    after: 'pivot',
    calls: 'provider',
    local: true,
    refuses: [REFUSALS.paymentDeclined, REFUSALS.paymentVoided],
  },
  refundPayment: {
    summary: ({ total }) => `Give ${priceText(total)} back`,
    after: 'pivot',
    calls: 'provider',
  },
});

export const shipping = capability<ShippingActivities>()(TASK_QUEUES.shipping, {
  createShipment: {
    summary: ({ parcels }) => `Book the carrier for ${inWords(parcels)}`,
    undoneBy: 'cancelShipment',
    calls: 'provider',
    local: true,
    refuses: [REFUSALS.addressNotServed, REFUSALS.parcelNotAccepted],
  },
  cancelShipment: {
    summary: ({ undoes: { parcels } }) => `Cancel the booking of the carrier for ${inWords(parcels)}`,
    calls: 'provider',
    refuses: [REFUSALS.parcelDispatched],
  },
  trackShipment: { summary: () => 'Ask the carrier', calls: 'provider', local: true },
});

export const notifications = capability<NotificationActivities>()(TASK_QUEUES.notifications, {
  notifyCustomer: {
    summary: ({ template }) => `Tell the customer: ${template}`,
    refuses: [REFUSALS.recipientRefused],
  },
});

/** In the order in which an order takes their steps. A repair compensates them in reverse. */
export const ORDER_CAPABILITIES = [records, orders, inventory, payments, shipping, notifications] as const;

function inWords(lines: readonly StockLine[]): string {
  return lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
}
