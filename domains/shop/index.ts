import { defineDomain } from 'sagaline';
import { orders } from './endpoints';
import * as events from './events';
import { routes } from './routes';
import { shopSettings } from './settings';
import { orderTimeline } from './subscriptions';
import { carrierWebhook } from './webhooks/carrier';
import { paymentProviderWebhook } from './webhooks/payment-provider';
import { demand, order, reconciliation, repair } from './workflows';

/** The online shop: the worked domain. Pure: events, rules, routes and webhooks, no I/O. */
export const shop = defineDomain({
  name: 'shop',
  settings: shopSettings,
  events: Object.values(events),
  workflows: [order, demand, repair],
  routes,
  webhooks: [paymentProviderWebhook, carrierWebhook],
  subscriptions: [orderTimeline],
  reconciliation,
  endpoints: [orders],
});
