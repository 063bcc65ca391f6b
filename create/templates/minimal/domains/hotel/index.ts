import { defineDomain } from 'sagaline';
import * as events from './events';
import { routes } from './routes';
import * as workflows from './workflows';

/** Bookings of rooms. Pure: events, routes and names, no I/O. */
export const hotel = defineDomain({
  name: 'hotel',
  events: Object.values(events),
  workflows: Object.values(workflows),
  routes,
  webhooks: [],
});
