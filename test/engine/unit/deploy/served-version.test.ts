// A worker of Temporal's worker controller is ready before its version gets new work, and never takes it by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { watchServedVersion } from '../../../../src/runtime/roles/served-version';
import { rememberingLog } from '../../../support/log';

/** A server on which the version has polled, and no version was ever current. */
function server() {
  const calls: string[] = [];
  const answer = (name: string, value: object) => () => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const client = {
    options: { namespace: 'default', identity: 'test' },
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeTaskQueue: answer('describeTaskQueue', { pollers: [] }),
      describeWorkerDeployment: answer('describeWorkerDeployment', { workerDeploymentInfo: {} }),
      setWorkerDeploymentCurrentVersion: answer('setWorkerDeploymentCurrentVersion', {}),
    },
  };
  return { client: client as unknown as Client, calls };
}

const watch = (client: Client, ofController: boolean) =>
  watchServedVersion(client, {
    ...{ poolName: 'orders', taskQueue: 'orders', hasWorkflows: true, ofController, log: rememberingLog() },
    version: { deployment: 'shop/orders', buildId: '2' },
  });

test('with the controller: ready, degraded until it is current, and nothing is set', async () => {
  const { client, calls } = server();
  const version = watch(client, true);
  expect(await version.isReady()).toBe(true);
  expect(version.degraded()).toEqual({
    'current-version': expect.stringContaining('kubectl describe workerdeployment orders') as string,
  });
  await sleep(300);
  await version.stop();
  expect(calls).toEqual(['describeTaskQueue']);
});

test('without it: not ready until it is current, which the worker sees to', async () => {
  const { client, calls } = server();
  const version = watch(client, false);
  expect(await version.isReady()).toBe(false);
  expect(version.degraded()).toEqual({});
  await sleep(300);
  await version.stop();
  expect(calls).toContain('setWorkerDeploymentCurrentVersion');
});
