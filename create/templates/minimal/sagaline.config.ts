import { defineConfig } from 'sagaline';
import { hotel } from './domains/hotel';
import { rooms } from './workers/rooms';

export default defineConfig({
  domains: [hotel],
  pools: { rooms },
  migrations: { hotel: 'activities/migrations' },
});
