import { defineConfig } from 'sagaline';
import { shop } from './domains/shop';
import { sandbox, sandboxPresets } from './domains/shop/sandbox';
import { ordersPool } from './workers/orders';
import { paymentsPool } from './workers/payments';

export default defineConfig({
  domains: [shop],
  pools: { orders: ordersPool, payments: paymentsPool },
  migrations: { shop: 'migrations/shop' },
  dev: { roles: { sandbox }, presets: sandboxPresets },
});
