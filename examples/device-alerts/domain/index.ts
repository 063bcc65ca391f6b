import { defineDomain } from 'sagaline';
import * as events from './events';
import { routes } from './routes';
import { deviceSettings } from './settings';
import { alert, telemetry } from './workflows';

/** Alerts of devices. Pure: events, rules and routes, no I/O. */
export const devices = defineDomain({
  name: 'devices',
  settings: deviceSettings,
  events: Object.values(events),
  workflows: [alert, telemetry],
  routes,
  webhooks: [],
});
