import { definePool } from 'sagaline';
import { createDemandActivities } from '../activities/shop/demand';
import { createPostgresDemand } from '../activities/shop/demand.postgres';
import { createInventoryActivities } from '../activities/shop/inventory';
import { createPostgresInventory } from '../activities/shop/inventory.postgres';
import { shop } from '../domains/shop';
import { TASK_QUEUES } from '../domains/shop/names';

/** The stock, and how often its articles are viewed. */
export const inventory = definePool({
  domain: shop,
  taskQueue: TASK_QUEUES.inventory,
  publishes: ['inventory'],
  activities: ({ database }) => ({
    ...createInventoryActivities(createPostgresInventory(database)),
    ...createDemandActivities(createPostgresDemand(database)),
  }),
});
