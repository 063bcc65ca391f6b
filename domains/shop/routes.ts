import { defineRoutes, route } from 'sagaline';
import {
  amendmentRequested,
  articleViewed,
  cancellationRequested,
  paymentMethodProvided,
  orderSubmitted,
  partialStockDecided,
  paymentAuthorized,
  paymentDeclined,
  paymentVoided,
  shipmentDelivered,
  shipmentDispatched,
  shipmentLost,
} from './events';
import type { OrderState } from './names';
import { demand, order } from './workflows';

/** Webhooks that repeat the outcome of a synchronous call are ignored. */
const isNotification = ({ data }: { data: { asynchronous: boolean } }) => data.asynchronous;

/** The state of an order's workflow that a notification has opened. */
const WAITING: OrderState = 'awaiting-submission';

/** A count of views is not urgent, and a visitor who leafs through the shop makes a few views within seconds. */
const VIEWS = { size: 500, withinMs: 10_000, debounceMs: 2_000 };

/**
 * Which of the shop's events reach which of its workflows. A notification of a payment may arrive before the order itself: it
 * opens the workflow, which keeps it until the order arrives.
 */
export const routes = defineRoutes({
  'order-submitted': route({ event: orderSubmitted, workflow: order, opens: true }),
  'payment-authorized': route({
    event: paymentAuthorized,
    condition: isNotification,
    workflow: order,
    opens: true,
    waitsIn: WAITING,
  }),
  'payment-declined': route({
    event: paymentDeclined,
    condition: isNotification,
    workflow: order,
    opens: true,
    waitsIn: WAITING,
  }),
  // The shop voids payments itself, too. An order that has ended, or never existed, has no authorization left: nothing to do.
  'payment-voided': route({
    event: paymentVoided,
    workflow: order,
    onClosed: 'discard',
    onMissing: 'discard',
  }),
  'cancellation-requested': route({ event: cancellationRequested, workflow: order }),
  'amendment-requested': route({ event: amendmentRequested, workflow: order }),
  'partial-stock-decided': route({ event: partialStockDecided, workflow: order }),
  'payment-method-provided': route({ event: paymentMethodProvided, workflow: order }),
  'shipment-dispatched': route({ event: shipmentDispatched, workflow: order }),
  'shipment-delivered': route({ event: shipmentDelivered, workflow: order }),
  'shipment-lost': route({ event: shipmentLost, workflow: order }),
  'article-viewed': route({ event: articleViewed, workflow: demand, batch: VIEWS }),
});
