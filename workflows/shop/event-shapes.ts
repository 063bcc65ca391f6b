import type { ArticleViewed } from '../../src/domains/shop/events/customers';
import { EVENTS } from '../../src/domains/shop/names';
import type { EventShapes, Shape } from '../../src/saga';
import type { AmendmentRequested, OrderEvent } from './order-events';

type Lines = NonNullable<AmendmentRequested['data']['lines']>;
type Address = NonNullable<AmendmentRequested['data']['shippingAddress']>;

const lines: Shape<Lines> = [{ sku: 'text', quantity: 'count', unitPrice: 'count' }];
const address: Shape<Address> = {
  name: 'text',
  street: 'text',
  'street2?': 'text',
  'postalCode?': 'text',
  city: 'text',
  'region?': 'text',
  country: 'text',
  'phone?': 'text',
};
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
    customerId: 'text',
    email: 'text',
    currency: 'text',
    lines,
    shippingAddress: address,
    'paymentToken?': 'text',
  },
  [EVENTS.cancellationRequested]: { orderId: 'key', detail: 'text' },
  [EVENTS.amendmentRequested]: {
    orderId: 'key',
    'lines?': lines,
    'shippingAddress?': address,
    'paymentToken?': 'text',
  },
  [EVENTS.paymentAuthorized]: payment,
  [EVENTS.paymentDeclined]: { ...payment, reason: 'text' },
  [EVENTS.meansProvided]: { orderId: 'key', paymentToken: 'text' },
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
