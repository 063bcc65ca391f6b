import { defineConfig } from 'sagaline';
import { shop } from './domains/shop';
import { sandbox, sandboxPresets } from './domains/shop/sandbox';
import { ordersPool } from './workers/orders';
import { paymentsPool } from './workers/payments';

export default defineConfig({
  domains: [shop],
  pools: { orders: ordersPool, payments: paymentsPool },
  migrations: { shop: 'migrations/shop' },
  databaseAccess: {
    'shop.stock': { 'worker:orders': 'write' },
    'shop.reservations': { 'worker:orders': 'write' },
    'shop.confirmed_orders': { 'worker:orders': 'write' },
    'shop.payments': { 'worker:payments': 'write' },
  },
  dev: { roles: { sandbox }, presets: sandboxPresets },
});
