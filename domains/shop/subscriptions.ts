import type { SubscribedEvent } from 'sagaline';
import { defineSubscription } from 'sagaline';
import * as inventory from './events/inventory';
import * as logistics from './events/logistics';
import * as orders from './events/orders';
import * as payments from './events/payments';

/** All events of an order, for its timeline. */
export const orderTimeline = defineSubscription({
  name: 'order-timeline',
  mode: 'shared',
  events: [
    ...Object.values(orders),
    ...Object.values(inventory),
    ...Object.values(payments),
    ...Object.values(logistics),
  ],
});

export type OrderEvent = SubscribedEvent<typeof orderTimeline>;
