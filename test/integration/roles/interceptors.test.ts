// A worker of a deployment that has interceptors, sinks and a payload codec, as `sagaline run worker:<pool>` makes it.
import { randomBytes, randomUUID } from 'node:crypto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { shop } from '../../../domains/shop';
import { createRegistry } from '../../../src/adapters/prometheus';
import { createTemporalClient } from '../../../src/adapters/temporal';
import { createCatalogue } from '../../../src/contracts';
import type { LoadedApp, Pool } from '../../../src/runtime/app';
import { appProblems } from '../../../src/runtime/app-problems';
import { appConfig } from '../../../src/runtime/config';
import { loadApp } from '../../../src/runtime/load';
import { createReplayer } from '../../../src/runtime/replayer';
import { workerOf } from '../../../src/runtime/roles/worker';
import { createEncryption } from '../../support/encryption';
import { silentLog } from '../../support/log';
import { prepared } from '../../support/setup/handover';

jest.setTimeout(60_000);

test('they are around activities and workflows, from the sources; the codec is the worker’s and the replayer’s', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { temporalAddress: address, databaseUrl } = prepared('servers');
  const payloadCodecs = [createEncryption(randomBytes(32))];
  const results: string[] = [];
  const taskQueue = `intercepted-${randomUUID()}`;
  const pool: Pool = {
    domain: shop,
    taskQueue,
    workflows: 'test/support/intercepted',
    activities: () => ({ shout: (text: string) => Promise.resolve(text.toUpperCase()) }),
  };
  const app: LoadedApp = {
    root: loadApp().root,
    domains: [],
    pools: { intercepted: pool },
    payloadCodecs,
    workers: {
      activityInterceptors: ({ registry }) => [
        () => ({
          inbound: {
            execute: async (input, next) => `${String(await next(input))} beside ${typeof registry.metrics}`,
          },
        }),
      ],
      workflowInterceptors: ['test/support/intercepted/interceptors.ts'],
      sinks: () => ({
        testResults: {
          result: { fn: (_info, text: string) => void results.push(text), callDuringReplay: false },
        },
      }),
    },
  };
  const config = appConfig(app, [], { TEMPORAL_ADDRESS: address, DATABASE_URL: databaseUrl });
  const worker = await workerOf(
    'intercepted',
    pool,
  )({ app, config, catalogue: createCatalogue([]), registry: createRegistry('test'), log: silentLog });
  worker.failed?.catch(() => undefined);
  const client = createTemporalClient({ address, namespace: 'default', payloadCodecs });
  try {
    const handle = await client.workflow.start('shouted', {
      workflowId: taskQueue,
      taskQueue,
      args: ['hush'],
    });
    const expected = 'HUSH beside function, around the workflow';
    expect(await handle.result()).toBe(expected);
    expect(results).toEqual([expected]);
    const history = await handle.fetchHistory();
    expect(JSON.stringify(history)).not.toContain(Buffer.from('"hush"').toString('base64'));
    await worker.stop();
    const replayer = await createReplayer(app);
    expect(await replayer.replay(history, taskQueue)).toMatchObject({ kind: 'replays' });
    await replayer.close();
  } finally {
    await client.connection.close();
  }
});

test('a module that is not there is named', () => {
  const app = { ...loadApp(), workers: { workflowInterceptors: ['workflows/nowhere.ts'] } };
  expect(appProblems(app)).toEqual([
    expect.stringMatching(
      /^workers\.workflowInterceptors: there is no file .*workflows\/nowhere\.ts; export/,
    ),
  ]);
});
