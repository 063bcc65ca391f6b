import type { ArticleViewed } from '../../domains/shop/events/customers';
import { MAX_AMOUNT, MAX_LINES, MAX_QUANTITY, MAX_UNIT_PRICE, SKU } from '../../domains/shop/rules/limits';
import { EVENTS } from '../../domains/shop/names';
import { totalOf } from '../../domains/shop/rules/pricing';
import type { EventShapes, Personal, Sealed, Shape } from 'sagaline/workflow';
import { fits, isSealed } from 'sagaline/workflow';
import type { AmendmentRequested, OrderEvent } from './order/events';

type Lines = NonNullable<AmendmentRequested['data']['lines']>;
type Address = Exclude<AmendmentRequested['data']['shippingAddress'], Sealed<unknown> | string | undefined>;

const isBetween = (value: unknown, least: number, most: number) =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
const line: Shape<Lines[number]> = {
  sku: (value) => typeof value === 'string' && SKU.test(value),
  quantity: (value) => isBetween(value, 1, MAX_QUANTITY),
  unitPrice: (value) => isBetween(value, 0, MAX_UNIT_PRICE),
};
/** As strict as the contract: the event about an amendment contains its lines, and is published when there is no way back. */
const lines: Shape<Lines> = (value) =>
  fits<Lines>(value, [line], '') &&
  isBetween(value.length, 1, MAX_LINES) &&
  new Set(value.map(({ sku }) => sku)).size === value.length &&
  totalOf(value) <= MAX_AMOUNT;
const clearAddress: Shape<Address> = {
  name: 'line',
  street: 'line',
  'street2?': 'line',
  'postalCode?': 'line',
  city: 'line',
  'region?': 'line',
  country: 'line',
  'phone?': 'line',
};
const address: Shape<Personal<Address>> = (value) =>
  isSealed(value) || fits<Address>(value, clearAddress, '');
const payment = {
  orderId: 'key',
  paymentId: 'text',
  total: { amount: 'count', currency: 'text' },
  asynchronous: 'boolean',
} as const;
const parcel = { orderId: 'key', shipmentId: 'text', trackingNumber: 'text' } as const;

/** The data of the events that reach an order. */
export const ORDER_SHAPES: EventShapes<OrderEvent> = {
  [EVENTS.orderSubmitted]: {
    orderId: 'key',
    customerId: 'line',
    email: 'line',
    currency: 'text',
    lines,
    shippingAddress: address,
    'paymentToken?': 'text',
  },
  [EVENTS.cancellationRequested]: { orderId: 'key', detail: 'text' },
  [EVENTS.amendmentRequested]: {
    orderId: 'key',
    customerId: 'line',
    'lines?': lines,
    'shippingAddress?': address,
    'paymentToken?': 'text',
  },
  [EVENTS.paymentAuthorized]: payment,
  [EVENTS.paymentDeclined]: { ...payment, reason: 'text' },
  [EVENTS.paymentVoided]: payment,
  [EVENTS.paymentMethodProvided]: { orderId: 'key', customerId: 'line', paymentToken: 'text' },
  [EVENTS.partialStockDecided]: {
    orderId: 'key',
    decision: (value) => value === 'wait' || value === 'partial' || value === 'cancel',
  },
  [EVENTS.shipmentDispatched]: parcel,
  [EVENTS.shipmentDelivered]: parcel,
  [EVENTS.shipmentLost]: parcel,
};

/** The data of the events that an article's demand counts. */
export const VIEW_SHAPES: EventShapes<ArticleViewed> = {
  [EVENTS.articleViewed]: { sku: 'key', viewedAt: 'time' },
};
