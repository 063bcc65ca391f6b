// The product's own worker role with the bench's pool, with the same settings as the shop's pools.
import path from 'node:path';
import { createTemporalClient, setCurrentVersion } from '../../../src/adapters/temporal';
import { environment } from '../../../src/config';
import { definePool } from '../../../src/runtime/app';
import { workerOf } from '../../../src/runtime/roles/worker';
import { temporalSettings } from '../../../src/runtime/settings';
import { versionOf } from '../../../src/runtime/version';
import { openEffects } from '../effects';
import { createStepActivities } from './activities';
import { peersDomain } from './domain';
import { POOL, QUEUE } from './names';
import { serveRole } from './role';

const pool = definePool({
  domain: peersDomain,
  taskQueue: QUEUE,
  workflows: path.join(__dirname, 'workflows.ts'),
  activities: () => createStepActivities(openEffects(environment()['DATABASE_URL'] ?? '', 'sagaline')),
});

/** The worker polls at once; Temporal knows its version some seconds later. */
const POLLED_WITHIN_MS = 60_000;

void serveRole('worker', workerOf(POOL, pool), async ({ app, config }) => {
  const temporal = createTemporalClient(temporalSettings(config, {}));
  await setCurrentVersion(temporal, versionOf(app, POOL, pool, config), {
    unpolled: false,
    withinMs: POLLED_WITHIN_MS,
  });
  await temporal.connection.close();
});
