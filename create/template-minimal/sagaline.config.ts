import { defineConfig } from 'sagaline';
import { tickets } from './domains/tickets';
import { ticketsPool } from './workers/tickets';

export default defineConfig({
  domains: [tickets],
  pools: { tickets: ticketsPool },
  migrations: { tickets: 'migrations/tickets' },
  databaseAccess: { tickets: { 'worker:tickets': 'write' } },
});
