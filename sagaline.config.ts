import { defineConfig, subscribe } from 'sagaline';
import { openOrders } from './activities/shop/open-orders.postgres';
import { createOrderTimeline } from './activities/shop/timeline.postgres';
import { shop } from './domains/shop';
import { providers, sandboxPresets } from './domains/shop/sandbox/role';
import { orderTimeline } from './domains/shop/subscriptions';
import { reconciliation } from './domains/shop/workflows';
import { inventory } from './workers/inventory';
import { notifications } from './workers/notifications';
import { orders } from './workers/orders';
import { payments } from './workers/payments';
import { shipping } from './workers/shipping';

export default defineConfig({
  domains: [shop],
  pools: { orders, inventory, payments, shipping, notifications },
  migrations: { shop: 'activities/shop/migrations' },
  databaseAccess: {
    orders: { 'worker:orders': 'write' },
    'orders.orders': { relay: 'read' },
    'orders.timeline': { subscriber: 'write', operator: 'write' },
    'orders.timeline_rebuilds': { subscriber: 'write', operator: 'write' },
    // The orders' worker compares the books of all for the reconciliation.
    inventory: { 'worker:inventory': 'write' },
    'inventory.reservations': { 'worker:orders': 'read' },
    payments: { 'worker:payments': 'write', 'worker:orders': 'read' },
    logistics: { 'worker:shipping': 'write', 'worker:orders': 'read' },
    notifications: { 'worker:notifications': 'append' },
  },
  subscriptions: ({ database }) => [subscribe(orderTimeline, createOrderTimeline(database))],
  schedules: (settingsOf) => [
    {
      scheduleId: reconciliation.check.name,
      workflow: reconciliation.check.name,
      taskQueue: reconciliation.check.taskQueue,
      everyMs: settingsOf(shop).RECONCILE_EVERY_MS,
      summary: 'Orders that do not add up',
      initialState: 'checking',
    },
  ],
  openProcesses: openOrders,
  dev: { roles: { providers }, presets: sandboxPresets, seed: 'demo/seed.ts', tour: 'demo/tour.ts' },
});
