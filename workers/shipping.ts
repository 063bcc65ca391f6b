import { definePool } from 'sagaline';
import { createShippingActivities } from '../activities/shop/shipping';
import { createHttpCarrier } from '../activities/shop/shipping.http';
import { createShipping } from '../activities/shop/shipping.postgres';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

/** Parcels at the carrier. */
export const shipping = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.shipping,
  providers: ['carrier'],
  activities: ({ database, provider, personal }) =>
    createShippingActivities(createShipping(database, createHttpCarrier(provider('carrier')), personal)),
});
