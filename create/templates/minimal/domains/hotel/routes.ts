import { defineRoutes, route } from 'sagaline';
import { bookingRequested } from './events';
import { booking } from './workflows';

export const routes = defineRoutes({
  'booking-requested': route({ event: bookingRequested, workflow: booking, opens: true }),
});
