import { defineConfig } from 'sagaline';
import { devices as domain } from './domain';
import { devices } from './workers/devices';
import { oncall } from './workers/oncall';

export default defineConfig({
  domains: [domain],
  pools: { devices, oncall },
  migrations: { devices: 'activities/migrations' },
  databaseAccess: {
    'devices.alerts': { 'worker:devices': 'write', 'worker:oncall': 'write' },
    'devices.tickets': { 'worker:oncall': 'write' },
    'devices.notifications': { 'worker:oncall': 'append' },
    'devices.aggregates': { 'worker:devices': 'write' },
  },
});
