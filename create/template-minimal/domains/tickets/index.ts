import { defineDomain } from 'sagaline';
import * as events from './events';
import { routes } from './routes';
import * as workflows from './workflows';

/** The domain `tickets`. Pure: events, routes and names, no I/O. */
export const tickets = defineDomain({
  name: 'tickets',
  events: Object.values(events),
  workflows: Object.values(workflows),
  routes,
  webhooks: [],
});
