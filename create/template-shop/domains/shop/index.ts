import { defineDomain } from 'sagaline';
import * as events from './events';
import { routes } from './routes';
import { shopSettings } from './settings';
import * as workflows from './workflows';

/** The domain `shop`. Pure: events, routes, names and settings, no I/O. */
export const shop = defineDomain({
  name: 'shop',
  events: Object.values(events),
  workflows: Object.values(workflows),
  routes,
  webhooks: [],
  settings: shopSettings,
});
