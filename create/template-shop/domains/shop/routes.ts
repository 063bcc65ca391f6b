import { defineRoutes, route } from 'sagaline';
import { orderCancelled, orderSubmitted } from './events';
import { order } from './workflows';

/** Which events reach which workflow, and which of them open it. */
export const routes = defineRoutes({
  'order-submitted': route({ event: orderSubmitted, workflow: order, opens: true }),
  'order-cancelled': route({ event: orderCancelled, workflow: order }),
});
