// The product's own worker role with the bench's pool: the same settings as any pool of the shop has.
import path from 'node:path';
import { createTemporalClient, setCurrentVersion } from '../../../src/adapters/temporal';
import type { Pool } from '../../../workers/pools';
import { workerOf } from '../../../workers/roles/pool';
import { temporalSettings } from '../../../workers/settings';
import { versionOf } from '../../../workers/version';
import { openEffects } from '../effects';
import { createStepActivities } from './activities';
import { POOL, QUEUE } from './names';
import { serveRole } from './role';

const pool: Pool = {
  taskQueue: QUEUE,
  workflowsPath: path.join(__dirname, 'workflows.ts'),
  activities: ({ config }) => createStepActivities(openEffects(config.DATABASE_URL, 'sagaline')),
};

/** The worker polls at once; Temporal hears of its version some seconds later. */
const POLLED_WITHIN_MS = 60_000;

void serveRole('worker', workerOf(POOL, pool), async ({ config }) => {
  const temporal = createTemporalClient(temporalSettings(config));
  await setCurrentVersion(temporal, versionOf(POOL, pool, config), {
    unpolled: false,
    withinMs: POLLED_WITHIN_MS,
  });
  await temporal.connection.close();
});
