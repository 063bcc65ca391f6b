// A pool without an activity that a workflow calls, and one whose workflows are not exported: what is said, and where.
import { randomUUID } from 'node:crypto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { createTemporalClient } from '../../../../src/adapters/temporal';
import type { Domain } from '../../../../src/contracts';
import { createCatalogue } from '../../../../src/contracts';
import type { LoadedApp, Pool } from '../../../../src/runtime/app';
import { appConfig } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import { workerOf } from '../../../../src/runtime/roles/worker';
import { rememberingLog } from '../../../support/log';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

async function startWorker(workflow: string, activities: object) {
  const taskQueue = `incomplete-${randomUUID()}`;
  const domain: Domain = {
    name: 'shouting',
    events: [],
    workflows: [{ name: workflow, taskQueue, initialState: 'shouting', summary: (key) => key }],
    routes: [],
    webhooks: [],
  };
  const pool: Pool = {
    domain,
    taskQueue,
    workflows: 'test/support/intercepted',
    activities: () => activities,
  };
  const app: LoadedApp = {
    root: loadApp().root,
    domains: [domain],
    pools: { incomplete: pool },
    workers: {
      workflowInterceptors: ['test/support/intercepted/interceptors.ts'],
      sinks: () => ({ testResults: { result: { fn: () => undefined } } }),
    },
  };
  const { temporalAddress, databaseUrl } = prepared('servers');
  const config = appConfig(app, [], { TEMPORAL_ADDRESS: temporalAddress, DATABASE_URL: databaseUrl });
  const log = rememberingLog();
  const parts = { app, config, catalogue: createCatalogue([domain]), registry: createRegistry('test'), log };
  const worker = await workerOf('incomplete', pool)(parts);
  worker.failed?.catch(() => undefined);
  return { worker, log, taskQueue };
}

test('a missing activity is named in the log, once, and in the failure of the step, which goes on when it is there', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { worker, log, taskQueue } = await startWorker('shouted', {
    whisper: () => Promise.resolve('hush'),
  });
  const client = createTemporalClient({
    address: prepared('servers').temporalAddress,
    namespace: 'default',
  });
  const expected =
    'the pool "incomplete" has no activity "shout", which the workflow "shouted" calls; ' +
    "add it to the pool's activities (whisper), or correct the task queue of the call";
  try {
    const handle = await client.workflow.start('shouted', {
      workflowId: taskQueue,
      taskQueue,
      args: ['hush'],
    });
    const pending = await until('two attempts', async () => {
      const { raw } = await handle.describe();
      const [activity] = raw.pendingActivities ?? [];
      return (activity?.attempt ?? 0) > 2 && activity;
    });
    expect(pending.lastFailure?.message).toBe(expected);
    expect(log.lines.filter(({ message }) => message === expected)).toMatchObject([
      { level: 'error', fields: { workflowId: taskQueue } },
    ]);
    await handle.terminate();
  } finally {
    await worker.stop();
    await client.connection.close();
  }
});

test('a workflow that is not exported ends the worker at its start, with one message', async () => {
  await expect(startWorker('cried', {})).rejects.toMatchObject({
    name: 'InvalidConfigError',
    message: expect.stringMatching(
      /pool "incomplete": .*test\/support\/intercepted does not export a function "cried", .*; export it there/,
    ) as string,
  });
});
