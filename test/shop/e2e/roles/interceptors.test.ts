// A worker of a deployment that has interceptors, sinks and a payload codec, as `sagaline run worker:<pool>` makes it.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { shop } from '../../../../domains/shop';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { createTemporalClient } from '../../../../src/adapters/temporal';
import { createCatalogue } from '../../../../src/contracts';
import type { LoadedApp, Pool } from '../../../../src/runtime/app';
import { appProblems } from '../../../../src/runtime/app/problems';
import { appConfig } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import { createReplayer } from '../../../../src/runtime/replayer';
import { workerOf } from '../../../../src/runtime/roles/worker';
import { createPayloadCodec, openKeyFile } from '../../../../src/security/codec';
import { keyLine, secretFile } from '../../../support/payload-keys';
import { silentLog } from '../../../support/log';
import { FROM_SOURCES } from '../../../support/quick-start';
import { prepared } from '../../../support/setup/handover';

jest.setTimeout(60_000);

test('they are around activities and workflows, from the sources; the codec is the worker’s and the replayer’s', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { temporalAddress: address, databaseUrl } = prepared('servers');
  const payloadCodecs = [
    createPayloadCodec(openKeyFile(secretFile(keyLine('projects'))), {
      namespace: 'default',
      plaintext: 'read',
    }),
  ];
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
  const shouted = async () => {
    const handle = await client.workflow.start('shouted', {
      workflowId: taskQueue,
      taskQueue,
      args: ['hush'],
    });
    return { result: await handle.result(), history: await handle.fetchHistory() };
  };
  const { result, history } = await shouted().finally(async () => {
    await worker.stop();
    await client.connection.close();
  });
  const expected = 'HUSH beside function, around the workflow';
  expect(result).toBe(expected);
  expect(results).toEqual([expected]);
  expect(JSON.stringify(history)).not.toContain(Buffer.from('"hush"').toString('base64'));
  const replayer = await createReplayer(app, app);
  try {
    expect(await replayer.replay(history, taskQueue)).toMatchObject({ kind: 'replays' });
  } finally {
    await replayer.close();
  }
});

/** A project without contracts, whose configuration needs no import: the package is not built for this test. */
const CONFIG = `
const results: string[] = [];
const domain = { name: 'shouting', events: [], workflows: [], routes: [], webhooks: [] };
export default {
  domains: [domain],
  pools: {
    built: {
      domain,
      taskQueue: 'TASK_QUEUE',
      workflows: 'workflows',
      activities: () => ({ shout: (text: string) => Promise.resolve(text.toUpperCase()) }),
    },
  },
  workers: {
    activityInterceptors: () => [
      () => ({ inbound: { execute: async (input: unknown, next: (input: unknown) => Promise<unknown>) => String(await next(input)) + ' beside' } }),
    ],
    workflowInterceptors: ['workflows/interceptors.ts'],
    sinks: () => ({ testResults: { result: { fn: (_info: unknown, text: string) => void results.push(text), callDuringReplay: false } } }),
  },
};
export { results };
`;

test('a project that `sagaline build` has made has them too, those of workflows within its bundles', async () => {
  const root = loadApp().root;
  const taskQueue = `built-${randomUUID()}`;
  // Inside of the repository, so that its packages are found.
  await mkdir(path.join(root, '.sagaline'), { recursive: true });
  const project = await mkdtemp(path.join(root, '.sagaline', 'built-'));
  try {
    await cp(path.join(root, 'test/support/intercepted'), path.join(project, 'workflows'), {
      recursive: true,
    });
    await writeFile(path.join(project, 'sagaline.config.ts'), CONFIG.replace('TASK_QUEUE', taskQueue));
    await writeFile(path.join(project, 'tsconfig.json'), '{ "compilerOptions": { "skipLibCheck": true } }');
    const command = [...FROM_SOURCES, path.join(root, 'bin/sagaline.mjs'), 'build'];
    await promisify(execFile)(process.execPath, command, { cwd: project });
    await rm(path.join(project, 'workflows'), { recursive: true });
    const file = path.join(project, 'build/sagaline.config.js');
    const app = loadApp(project, file);
    expect(await shoutedBy(app, 'built', taskQueue)).toBe('HUSH beside, around the workflow');
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the same copy that loadApp has loaded
    const { results } = require(file) as { results: string[] };
    expect(results).toEqual(['HUSH beside, around the workflow']);
  } finally {
    await rm(project, { recursive: true });
  }
});

/** What a worker of this pool makes of `hush`. */
async function shoutedBy(app: LoadedApp, name: string, taskQueue: string): Promise<unknown> {
  const { temporalAddress: address, databaseUrl } = prepared('servers');
  const config = appConfig(app, [], { TEMPORAL_ADDRESS: address, DATABASE_URL: databaseUrl });
  const catalogue = createCatalogue(app.domains);
  const pool = app.pools[name];
  if (!pool) throw new Error(`there is no pool ${name}`);
  const role = workerOf(name, pool);
  const worker = await role({ app, config, catalogue, registry: createRegistry('test'), log: silentLog });
  worker.failed?.catch(() => undefined);
  const client = createTemporalClient({ address, namespace: 'default' });
  try {
    return await client.workflow.execute('shouted', { workflowId: taskQueue, taskQueue, args: ['hush'] });
  } finally {
    await worker.stop();
    await client.connection.close();
  }
}

test('a module that is not there is named', () => {
  const app = { ...loadApp(), workers: { workflowInterceptors: ['workflows/nowhere.ts'] } };
  expect(appProblems(app)).toEqual([
    expect.stringMatching(
      /^workers\.workflowInterceptors: there is no file .*workflows\/nowhere\.ts; export/,
    ),
  ]);
});
