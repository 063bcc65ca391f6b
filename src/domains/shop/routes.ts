import { defineRoutes, route } from '../../contracts';
import { orderSubmitted, shipmentDelivered, shipmentDispatched } from './events';
import { order } from './workflows';

/** Which of the shop's events reach which of its workflows. */
export const routes = defineRoutes({
  'order-submitted': route({ event: orderSubmitted, workflow: order, opens: true }),
  'shipment-dispatched': route({ event: shipmentDispatched, workflow: order }),
  'shipment-delivered': route({ event: shipmentDelivered, workflow: order }),
});
