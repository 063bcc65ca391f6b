// A worker's workflows read the settings of their domain, and nothing that they have not asked for.
import { randomUUID } from 'node:crypto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { createTemporalClient } from '../../../../src/adapters/temporal';
import { createCatalogue, defineDomain } from '../../../../src/contracts';
import { definePool } from '../../../../src/runtime/app';
import type { LoadedApp } from '../../../../src/runtime/app';
import { appConfig } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import { workerOf } from '../../../../src/runtime/roles/worker';
import { silentLog } from '../../../support/log';
import { prepared } from '../../../support/setup/handover';

jest.setTimeout(60_000);

const domain = defineDomain({
  name: 'reader',
  settings: z.object({ READER_LEVELS: z.coerce.number(), READER_TOKEN: z.string() }),
  events: [],
  workflows: [],
  routes: [],
  webhooks: [],
});

test('a workflow reads the settings of its pool’s domain, those that it names alone', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { temporalAddress: address, databaseUrl } = prepared('servers');
  const taskQueue = `reader-${randomUUID()}`;
  const pool = definePool({
    domain,
    taskQueue,
    workflows: 'test/support/settings-reader',
    activities: () => ({}),
  });
  const app: LoadedApp = { root: loadApp().root, domains: [domain], pools: { reader: pool } };
  const config = appConfig(app, [], {
    TEMPORAL_ADDRESS: address,
    DATABASE_URL: databaseUrl,
    READER_LEVELS: '7',
    READER_TOKEN: 'not-for-histories',
  });
  const parts = { app, config, catalogue: createCatalogue([domain]), registry: createRegistry('test') };
  const worker = await workerOf('reader', pool)({ ...parts, log: silentLog });
  worker.failed?.catch(() => undefined);
  const client = createTemporalClient({ address, namespace: 'default' });
  try {
    const handle = await client.workflow.start('readLevels', { workflowId: taskQueue, taskQueue, args: [] });
    expect(await handle.result()).toBe(7);
    const history = JSON.stringify(await handle.fetchHistory());
    expect(history).toContain(Buffer.from('{"READER_LEVELS":7}').toString('base64'));
    expect(history).not.toContain(Buffer.from('not-for-histories').toString('base64').slice(0, 20));
  } finally {
    await worker.stop();
    await client.connection.close();
  }
});
